import { assertInteger } from '../utils/assert-argument.js';
import { assertId } from './assert-id.js';
import type { ChatKeys } from './chat-keys.js';
import { chatKeysOf } from './chat-keys.js';
import { assertMessages } from './assert-messages.js';
import type { ContextMessage } from './context-message.interface.js';
import type { AppendOptions, AppendResult, ContextRead, ReadOptions } from './context-result.interface.js';
import type { ContextEngine } from './context.engine.js';
import { createMessageError } from './context.error.js';
import { toEntries } from './envelope.codec.js';
import { readMessage, readOption } from './read-safely.js';

/**
 * The recent messages of each chat, in Redis, ready to be put before a model: the newest `maxMessages`, for `ttlMs`
 * after the last append. Every call is one round trip, and answers within the connection's command deadline, or within
 * the loader's where that is asked.
 *
 * @example
 * await context.append(chatId, [
 *   { role: 'user', content: question, id: questionId },
 *   { role: 'assistant', content: answer, id: answerId },
 * ]);
 * const messages = await context.recent(chatId, 20);
 *
 * @publicApi
 */
export class ContextCache {
  /** @internal */
  constructor(
    private readonly engine: ContextEngine,
    private readonly tenant: string | undefined = engine.settings.tenant,
  ) {}

  /**
   * Adds a turn, oldest message first: all of it in a row or, on an error, none. Rejects when Redis is out: what was
   * not stored is not acknowledged. An error of outcome `unknown` leaves open whether it was stored; repeat the append,
   * which is harmless for messages that have an `id`, and for all of them with a `turnId`.
   *
   * @throws RedisError `serialization` for a message that cannot be stored, naming the field; `wrong-type` where the
   * key holds something else, which is left as it is; `configuration` for a bad id; `disabled`; the kind of the outage
   */
  async append(
    chatId: string,
    messages: ContextMessage | readonly ContextMessage[],
    options?: AppendOptions,
  ): Promise<AppendResult> {
    const operation = 'context.append';
    const keys = this.keysOf(chatId, operation);
    const given = readMessage(operation, 'messages', () => (Array.isArray(messages) ? messages : [messages]));
    const turn = assertMessages(given, operation);
    if (turn.length === 0) throw createMessageError(operation, 'messages must not be empty');
    const turnId = readOption(operation, 'options', options, 'turnId');
    if (turnId !== undefined) assertId(turnId, 'turnId', operation);
    return this.engine.append(
      keys,
      readMessage(operation, 'messages', () => toEntries(turn, turnId)),
    );
  }

  /**
   * The newest messages of a chat, oldest first; see {@link read} for where they come from. Never begins with a tool's
   * answer whose call was cut off, so it may be a few messages shorter than asked.
   *
   * @param limit messages at most, or more options. @default maxMessages
   */
  async recent(chatId: string, limit?: number | ReadOptions): Promise<ContextMessage[]> {
    return [...(await this.readAs('context.recent', chatId, limit)).messages];
  }

  /**
   * As {@link recent}, with the report: whether Redis answered, and if not, who did and why. An outage is a miss with
   * the reason `redis_error` and, with `onUnavailable: 'throw'`, the error.
   *
   * @param limit messages at most, or more options. @default maxMessages
   * @throws what the loader threw, as it is; RedisError `command-timeout` of the operation `context.load` when it is
   * late, `serialization` when what it gave are no messages; `wrong-type`; `configuration` for a bad argument
   */
  read(chatId: string, limit?: number | ReadOptions): Promise<ContextRead> {
    return this.readAs('context.read', chatId, limit);
  }

  /**
   * Deletes what Redis holds of a chat. With a loader the next read loads it again.
   *
   * @returns whether there was something
   */
  async clear(chatId: string): Promise<boolean> {
    return this.engine.clear(this.keysOf(chatId, 'context.clear'));
  }

  /** The same cache for the chats of one tenant: no two tenants share a key, whatever their ids. */
  forTenant(tenant: string): ContextCache {
    return new ContextCache(this.engine, assertId(tenant, 'tenant', 'context.forTenant'));
  }

  private async readAs(operation: string, chatId: string, limit?: number | ReadOptions): Promise<ContextRead> {
    const { maxMessages, onUnavailable } = this.engine.settings;
    const options = typeof limit === 'number' ? { limit } : limit;
    const wanted = readOption(operation, 'limit', options, 'limit') ?? maxMessages;
    assertInteger(wanted, 'limit', operation);
    const whenOut = readOption(operation, 'limit', options, 'onUnavailable') ?? onUnavailable;
    const keys = this.keysOf(chatId, operation);
    return this.engine.read(keys, Math.min(wanted, maxMessages), whenOut);
  }

  private keysOf(chatId: string, operation: string): ChatKeys {
    return chatKeysOf(this.tenant, assertId(chatId, 'chatId', operation));
  }
}
