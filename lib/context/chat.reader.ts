import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isRedisError } from '../errors/redis.error.js';
import type { RedisError } from '../errors/redis.error.js';
import type { ChatKeys } from './chat-keys.js';
import type { ChatLoads, Seed } from './chat-loads.js';
import type { ChatStore } from './chat.store.js';
import { createArgumentError } from './context.error.js';
import type { ContextRead } from './context-result.interface.js';
import { windowOf } from './context-window.js';
import type { WeighedMessage } from './context-window.js';
import { encodeEnvelope } from './envelope.codec.js';
import { decodeAll, decodePinned, messagesOf } from './read-entries.js';
import type { SuspectChats } from './suspect-chats.js';
import type { CountTokens } from './tokens/token-counter.js';

/** How often a process looks whether another has loaded a chat. */
const POLL_MS = 25;

/** How much of a chat is wanted. @internal */
export interface ReadBounds {
  readonly limit: number;
  readonly maxTokens: number | undefined;
}

/** A read that Redis did not answer, before anyone else is asked; `wait` is empty where it cannot be seeded. */
type Miss = Pick<ContextRead, 'reason' | 'errorKind' | 'corrupt'> & {
  readonly wait: string;
  /** How long another process is still given to load it. */
  readonly leaseMs: number;
  readonly pinned: WeighedMessage | undefined;
  readonly error?: RedisError;
};

/** What Redis has of a chat. */
interface Found {
  readonly pinned: WeighedMessage | undefined;
  readonly messages: readonly WeighedMessage[];
  readonly corrupt: number;
}

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
    private readonly countTokens: CountTokens,
    private readonly servesStale: boolean,
  ) {}

  async read(keys: ChatKeys, bounds: ReadBounds): Promise<ReadOutcome> {
    let answer = await this.askRedis(keys, bounds);
    while (!('messages' in answer) && this.isLoadedElsewhere(keys, answer)) {
      await delay(Math.min(POLL_MS, answer.leaseMs));
      answer = await this.askRedis(keys, bounds);
    }
    if ('messages' in answer) return { read: { ...framedFound(answer, bounds), hit: true } };
    return this.loads === undefined ? missed(answer, bounds) : { read: await this.load(keys, bounds, answer) };
  }

  private isLoadedElsewhere(keys: ChatKeys, { wait, leaseMs }: Miss): boolean {
    return leaseMs > 0 && !wait.startsWith(this.processId) && this.loads?.isFlying(keys, wait) !== true;
  }

  private async load(keys: ChatKeys, bounds: ReadBounds, miss: Miss): Promise<ContextRead> {
    const { wait, leaseMs: _leaseMs, error: _error, pinned, ...rest } = miss;
    try {
      const loaded = await this.loads?.load(keys, wait, this.seedOf(keys, wait));
      // Each caller gets messages of its own, as from Redis: what one does to them is not seen by the others.
      const head = loaded?.pinned === undefined ? pinned : messagesOf([loaded.pinned])[0];
      return { ...framed(head, messagesOf(loaded?.entries ?? []), bounds), source: 'loader', hit: false, ...rest };
    } catch (error) {
      const stale = this.servesStale ? await this.readStale(keys, bounds) : undefined;
      if (stale === undefined) throw error;
      return { ...stale, hit: false, ...rest, stale: true };
    }
  }

  /** What Redis has of the chat, whole or not; undefined where it has nothing, or does not answer. */
  private async readStale(keys: ChatKeys, bounds: ReadBounds): Promise<Omit<ContextRead, 'hit'> | undefined> {
    try {
      const answer = await this.readList(keys, bounds, {});
      return 'messages' in answer ? framedFound(answer, bounds) : undefined;
    } catch (error) {
      if (isRedisError(error)) return undefined;
      throw error;
    }
  }

  private async askRedis(keys: ChatKeys, bounds: ReadBounds): Promise<Found | Miss> {
    try {
      await this.suspects?.settle(keys);
      return await this.readList(keys, bounds, this.nextWait());
    } catch (error) {
      if (!isRedisError(error) || isMistake(error)) throw error;
      const miss = { corrupt: 0, wait: '', leaseMs: 0, pinned: undefined, error };
      if (error.redisErrorKind === 'disabled') return { ...miss, reason: 'disabled' };
      return { ...miss, reason: 'redis_error', errorKind: error.redisErrorKind };
    }
  }

  private async readList(keys: ChatKeys, bounds: ReadBounds, wait: { wait?: string }): Promise<Found | Miss> {
    const { limit, maxTokens = 0 } = bounds;
    // Each attempt reads from the newest entry on, so that it sees one moment of the list, whatever is appended.
    for (let count = limit, budget = maxTokens; ;) {
      const reply = await this.store.read(keys, { count, need: limit, budget, ...wait });
      const pinned = decodePinned(reply.pinned, this.countTokens);
      if (!reply.warm) return { reason: 'cold', corrupt: 0, wait: reply.wait, leaseMs: reply.leaseMs, pinned };
      const { messages, corrupt, corruptTokens } = decodeAll(reply.entries, this.countTokens);
      const isSpent = reply.entries.length < Math.min(count, reply.length);
      // What could not be read was counted, and must not cost the window its place.
      if (isSpent && budget < maxTokens + corruptTokens) budget = maxTokens + corruptTokens;
      else if (!isSpent && messages.length < limit && count < reply.length) count *= 2;
      else if (messages.length === 0 && corrupt > 0) return this.missOfCorrupt(keys, corrupt, pinned);
      else return { pinned, messages, corrupt };
    }
  }

  /** Nothing that is there can be read: the loader's copy takes its place. */
  private async missOfCorrupt(keys: ChatKeys, corrupt: number, pinned: WeighedMessage | undefined): Promise<Miss> {
    const miss = { reason: 'corrupt', corrupt, leaseMs: 0, pinned } as const;
    if (this.loads === undefined) return { ...miss, wait: '' };
    const reply = await this.store.read(keys, { count: 0, need: 0, asCold: true, ...this.nextWait() });
    return { ...miss, wait: reply.warm ? '' : reply.wait };
  }

  private nextWait(): { wait?: string } {
    return this.loads === undefined ? {} : { wait: `${this.processId}.${(this.waits += 1)}` };
  }

  private seedOf(keys: ChatKeys, wait: string): Seed {
    return async (loaded) => {
      if (wait === '') return;
      try {
        if (loaded === undefined) await this.store.release(keys, wait);
        else await this.store.seed(keys, wait, loaded.entries, loaded.pinned && encodeEnvelope(0, loaded.pinned));
      } catch (error) {
        // The messages are there, and the chat stays cold: no reason to fail the read.
        if (!isRedisError(error)) throw error;
      }
    };
  }
}

function missed({ wait: _wait, leaseMs: _leaseMs, error, pinned, ...miss }: Miss, bounds: ReadBounds): ReadOutcome {
  return { read: { ...framed(pinned, [], bounds), source: 'none', hit: false, ...miss }, ...(error && { error }) };
}

function framedFound({ pinned, messages, corrupt }: Found, bounds: ReadBounds): Omit<ContextRead, 'hit'> {
  return { ...framed(pinned, messages, bounds, corrupt === 0), source: 'redis', corrupt };
}

/** The window with the pinned message before it, and what they weigh. */
function framed(
  pinned: WeighedMessage | undefined,
  messages: readonly WeighedMessage[],
  { limit, maxTokens }: ReadBounds,
  isWhole = true,
): Pick<ContextRead, 'messages' | 'tokens'> {
  const head = pinned === undefined ? [] : [pinned];
  const rest = maxTokens === undefined ? undefined : maxTokens - (pinned?.tokens ?? 0);
  if (rest !== undefined && rest < 0) throw createPinnedError(pinned?.tokens ?? 0, maxTokens ?? 0);
  const all = [...head, ...windowOf(messages, { limit, isWhole, ...(rest !== undefined && { maxTokens: rest }) })];
  return { messages: all.map(({ message }) => message), tokens: all.reduce((sum, { tokens }) => sum + tokens, 0) };
}

function createPinnedError(tokens: number, maxTokens: number): Error {
  return createArgumentError(
    'context.read',
    `maxTokens is ${maxTokens}, and the pinned system message alone has ${tokens} tokens`,
  );
}

/** What no waiting mends is told, not bridged. */
function isMistake(error: RedisError): boolean {
  return error.redisErrorKind === 'wrong-type';
}
