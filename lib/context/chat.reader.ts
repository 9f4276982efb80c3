import { randomUUID } from 'node:crypto';
import { isRedisError } from '../errors/redis.error.js';
import type { RedisError } from '../errors/redis.error.js';
import type { ChatKeys } from './chat-keys.js';
import type { ChatLoads, Seed } from './chat-loads.js';
import type { ChatStore } from './chat.store.js';
import type { ContextMessage } from './context-message.interface.js';
import type { ContextRead } from './context-result.interface.js';
import { windowOf } from './context-window.js';
import { decodeEnvelope } from './envelope.codec.js';
import type { SuspectChats } from './suspect-chats.js';

/** A read that Redis did not answer, before anyone else is asked; `wait` is empty where it cannot be seeded. */
type Miss = Pick<ContextRead, 'reason' | 'errorKind' | 'corrupt'> & {
  readonly wait: string;
  readonly error?: RedisError;
};

/** A read, and the error behind it where there is one. @internal */
export interface ReadOutcome {
  readonly read: ContextRead;
  readonly error?: RedisError;
}

/**
 * The recent messages of a chat: from Redis where it holds them, else from the loader, which Redis then gets them from.
 *
 * @internal
 */
export class ChatReader {
  private readonly processId = randomUUID();
  private waits = 0;

  constructor(
    private readonly store: ChatStore,
    private readonly loads: ChatLoads | undefined,
    private readonly suspects: SuspectChats | undefined,
  ) {}

  async read(keys: ChatKeys, limit: number): Promise<ReadOutcome> {
    const answer = await this.askRedis(keys, limit);
    if ('read' in answer) return answer;
    const { wait, error, ...miss } = answer;
    if (this.loads === undefined) {
      return { read: { messages: [], source: 'none', hit: false, ...miss }, ...(error && { error }) };
    }
    const entries = await this.loads.load(keys, wait, this.seedOf(keys, wait));
    // Each caller gets messages of its own, as from Redis: what one does to them is not seen by the others.
    const messages = entries.map(({ json }) => JSON.parse(json) as ContextMessage);
    return { read: { messages: windowOf(messages, limit), source: 'loader', hit: false, ...miss } };
  }

  private async askRedis(keys: ChatKeys, limit: number): Promise<ReadOutcome | Miss> {
    try {
      await this.suspects?.settle(keys);
      return await this.readList(keys, limit);
    } catch (error) {
      if (!isRedisError(error) || isMistake(error)) throw error;
      if (error.redisErrorKind === 'disabled') return { reason: 'disabled', corrupt: 0, wait: '', error };
      return { reason: 'redis_error', errorKind: error.redisErrorKind, corrupt: 0, wait: '', error };
    }
  }

  private async readList(keys: ChatKeys, limit: number): Promise<ReadOutcome | Miss> {
    // Each attempt reads from the newest entry on, so that it sees one moment of the list, whatever is appended.
    for (let count = limit; ; count *= 2) {
      const reply = await this.store.read(keys, { count, need: limit, ...this.nextWait() });
      if (!reply.warm) return { reason: 'cold', corrupt: 0, wait: reply.wait };
      const { messages, corrupt } = decode(reply.entries);
      if (messages.length < limit && count < reply.length) continue;
      if (messages.length === 0 && corrupt > 0) return this.missOfCorrupt(keys, corrupt);
      return { read: { messages: windowOf(messages, limit), source: 'redis', hit: true, corrupt } };
    }
  }

  /** Nothing that is there can be read: the loader's copy takes its place. */
  private async missOfCorrupt(keys: ChatKeys, corrupt: number): Promise<Miss> {
    if (this.loads === undefined) return { reason: 'corrupt', corrupt, wait: '' };
    const reply = await this.store.read(keys, { count: 0, need: 0, asCold: true, ...this.nextWait() });
    return { reason: 'corrupt', corrupt, wait: reply.warm ? '' : reply.wait };
  }

  private nextWait(): { wait?: string } {
    return this.loads === undefined ? {} : { wait: `${this.processId}.${(this.waits += 1)}` };
  }

  private seedOf(keys: ChatKeys, wait: string): Seed {
    return async (entries) => {
      if (wait === '') return;
      try {
        await this.store.seed(keys, wait, entries);
      } catch (error) {
        // The messages are there, and the chat stays cold: no reason to fail the read.
        if (!isRedisError(error)) throw error;
      }
    };
  }
}

/** What no waiting mends is told, not bridged. */
function isMistake(error: RedisError): boolean {
  return error.redisErrorKind === 'wrong-type';
}

/** Oldest first, without the entries that are no messages. */
function decode(entries: readonly string[]): { messages: ContextMessage[]; corrupt: number } {
  const messages: ContextMessage[] = [];
  for (const entry of entries) {
    const envelope = decodeEnvelope(entry);
    if (envelope !== undefined) messages.push(envelope.message);
  }
  return { messages: messages.toReversed(), corrupt: entries.length - messages.length };
}
