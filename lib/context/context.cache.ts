import { assertInteger } from '../utils/assert-argument.js';
import { assertId } from './assert-id.js';
import { assertMessages, assertSystemMessage } from './assert-messages.js';
import { appendIdsOf, pageOf, readCallOf, windowCallOf } from './call-options.js';
import type { ReadCall } from './call-options.js';
import type { ListedChat } from './chat.index.js';
import type { ChatKeys } from './chat-keys.js';
import { chatKeysOf } from './chat-keys.js';
import type { ContextMessage, SystemMessage } from './context-message.interface.js';
import type {
  AppendOptions,
  AppendResult,
  ChatsOptions,
  CompactOptions,
  CompactResult,
  ContextPage,
  ContextRead,
  PageOptions,
  ReadOptions,
  Summarize,
  WindowOptions,
} from './context-result.interface.js';
import type { ContextEngine } from './context.engine.js';
import { createArgumentError, createMessageError } from './context.error.js';
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
    const { turnId, userId } = appendIdsOf(operation, options);
    const entries = readMessage(operation, 'messages', () => toEntries(turn, turnId, this.engine.countTokens));
    return this.engine.append(keys, entries, userId);
  }

  /**
   * The newest messages of a chat, oldest first; see {@link read} for where they come from. Never begins with a tool's
   * answer whose call was cut off, so it may be a few messages shorter than asked.
   *
   * @param limit messages at most, or more options. @default maxMessages
   */
  async recent(chatId: string, limit?: number | ReadOptions): Promise<ContextMessage[]> {
    const call = readCallOf('context.recent', limit, this.engine.settings);
    return [...(await this.readAs('context.recent', chatId, call)).messages];
  }

  /**
   * The messages to put before a model: the longest end of the chat that is within the bounds, oldest first. A tool's
   * answer comes with its call or not at all. The pinned system message comes first, and counts among the tokens.
   *
   * @example
   * const messages = await context.window(chatId, { maxTokens: 4_000 });
   *
   * @throws RedisError `configuration` where the pinned message alone has more tokens; otherwise as {@link read}
   */
  async window(chatId: string, options: WindowOptions): Promise<ContextMessage[]> {
    const call = windowCallOf('context.window', options, this.engine.settings);
    return [...(await this.readAs('context.window', chatId, call)).messages];
  }

  /**
   * As {@link recent}, with the report: whether Redis answered, and if not, who did and why. An outage is a miss with
   * the reason `redis_error` and, with `onUnavailable: 'throw'`, the error.
   *
   * @param limit messages at most, or more options. @default maxMessages
   * @throws what the loader threw, as it is; RedisError `command-timeout` of the operation `context.load` when it is
   * late, `serialization` when what it gave are no messages; `wrong-type`; `configuration` for a bad argument
   */
  async read(chatId: string, limit?: number | ReadOptions): Promise<ContextRead> {
    return this.readAs('context.read', chatId, readCallOf('context.read', limit, this.engine.settings));
  }

  /**
   * The messages with their numbers, newest page first, for a screen that scrolls back; what Redis holds and no
   * more. While Redis is out the newest page is the loader's, and says so.
   * @throws RedisError as {@link append}; what the loader threw
   */
  async page(chatId: string, options?: PageOptions): Promise<ContextPage> {
    const operation = 'context.page';
    return this.engine.page(this.keysOf(chatId, operation), pageOf(operation, options));
  }

  /**
   * Puts a summary in the place of the older messages. `summarize` is called with them, oldest first, while the chat goes
   * on; what it gives takes their place, provided that they are still what the chat holds. What was appended meanwhile
   * stays behind it, and calls stay with their results. A loader's source is not told.
   *
   * @example
   * await context.compact(chatId, async (messages) => ({ role: 'system', content: await summaryOf(messages) }), { keep: 10 });
   *
   * @throws what `summarize` threw; RedisError as {@link append}. Nothing was changed then, unless the outcome is `unknown`
   */
  async compact(chatId: string, summarize: Summarize, options?: CompactOptions): Promise<CompactResult> {
    const operation = 'context.compact';
    const keep = readOption(operation, 'options', options, 'keep') ?? 0;
    assertInteger(keep, 'keep', operation, 0);
    if (typeof summarize !== 'function') throw createArgumentError(operation, 'summarize must be a function');
    return this.engine.compact(this.keysOf(chatId, operation), summarize, keep);
  }

  /**
   * Puts a system message before every window and every read of a chat, outside the caps, in place of the one before;
   * `undefined` takes it away. It lives as long as the chat, which this prolongs.
   */
  async pinSystem(chatId: string, message: SystemMessage | string | undefined): Promise<void> {
    const operation = 'context.pinSystem';
    const keys = this.keysOf(chatId, operation);
    const given = typeof message === 'string' ? { role: 'system', content: message } : message;
    const pinned = given === undefined ? undefined : assertSystemMessage(given, operation, 'message');
    const list = pinned === undefined ? [] : [pinned];
    const [entry] = readMessage(operation, 'message', () => toEntries(list, undefined, this.engine.countTokens));
    await this.engine.pin(keys, entry);
  }

  /** Lengthens the life of a chat to `ttlMs` from now; whether Redis holds one. */
  async touch(chatId: string): Promise<boolean> {
    return this.engine.touch(this.keysOf(chatId, 'context.touch'));
  }

  /**
   * Forgets the messages that Redis holds of a chat, not the pinned one. With a loader the next read loads them again.
   *
   * @returns whether there were any
   */
  async clear(chatId: string): Promise<boolean> {
    return this.engine.clear(this.keysOf(chatId, 'context.clear'));
  }

  /**
   * Deletes all that Redis holds of a chat, and takes it from the lists of chats. With a loader the next read loads it
   * again: delete it there first.
   *
   * @returns whether there was something
   */
  async delete(chatId: string): Promise<boolean> {
    return this.engine.delete(this.keysOf(chatId, 'context.delete'));
  }

  /**
   * The chats of a user, as `append` was told by `userId`, or without one those of the tenant; last used first, at most
   * as old as a chat can be. It tells what there is to open: an outage may cut off what it misses.
   *
   * @throws RedisError `configuration` where there is neither user nor tenant; otherwise as {@link append}
   */
  async chats(userId?: string, options?: ChatsOptions): Promise<ListedChat[]> {
    const operation = 'context.chats';
    if (userId !== undefined) assertId(userId, 'userId', operation);
    else if (this.tenant === undefined) throw createArgumentError(operation, 'give a userId, or ask forTenant(id)');
    return this.engine.chats(this.tenant, userId, pageOf(operation, options));
  }

  /** The same cache for the chats of one tenant: no two tenants share a key, whatever their ids. */
  forTenant(tenant: string): ContextCache {
    return new ContextCache(this.engine, assertId(tenant, 'tenant', 'context.forTenant'));
  }

  private readAs(operation: string, chatId: string, { bounds, onUnavailable }: ReadCall): Promise<ContextRead> {
    return this.engine.read(this.keysOf(chatId, operation), bounds, onUnavailable);
  }

  private keysOf(chatId: string, operation: string): ChatKeys {
    return chatKeysOf(this.tenant, assertId(chatId, 'chatId', operation), this.engine.settings.name);
  }
}
