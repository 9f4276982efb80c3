import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { ContextMessage } from './context-message.interface.js';

/**
 * What an append may be told.
 *
 * @publicApi
 */
export interface AppendOptions {
  /**
   * Names this turn, so that the whole of it may be repeated after an error: its messages without an id of their own
   * are stored once for this name. 1 to 512 characters. @default none
   */
  readonly turnId?: string;
}

/**
 * What an append did.
 *
 * @publicApi
 */
export interface AppendResult {
  /** The server's number of the newest message; each message has one more than the one before it. 0 for a cold chat. */
  readonly sequence: number;
  /** Messages that were stored. */
  readonly stored: number;
  /** Messages that were not, because their id was there already. */
  readonly duplicates: number;
  /** Messages that the cap pushed out. */
  readonly trimmed: number;
  /** Messages that the chat holds now. */
  readonly length: number;
  /**
   * True when there is a loader and Redis does not hold the chat: nothing was stored, because a short list would look
   * like the whole chat. The next read loads all of it.
   */
  readonly cold: boolean;
}

/**
 * What a read may be told.
 *
 * @publicApi
 */
export interface ReadOptions {
  /** Messages wanted at most, the newest; more than `maxMessages` means `maxMessages`. @default maxMessages */
  readonly limit?: number;
  /** As the module's option of this name, for this call. */
  readonly onUnavailable?: 'miss' | 'throw';
}

/**
 * Why Redis did not answer a read: `cold`, it does not hold the chat; `redis_error`, it is out; `disabled`, it is
 * turned off; `corrupt`, it holds the chat and not one message of it can be read.
 *
 * @publicApi
 */
export type ContextMissReason = 'cold' | 'redis_error' | 'disabled' | 'corrupt';

/**
 * The recent messages of a chat, and where they come from.
 *
 * @publicApi
 */
export interface ContextRead {
  /** Oldest first. */
  readonly messages: readonly ContextMessage[];
  /** Who answered; `none` where nobody could, and then `messages` is empty. */
  readonly source: 'redis' | 'loader' | 'none';
  /** Whether Redis answered. */
  readonly hit: boolean;
  /** Why not. */
  readonly reason?: ContextMissReason;
  /** What went wrong with Redis, beside the reason `redis_error`. */
  readonly errorKind?: RedisErrorKind;
  /** Entries in Redis that could not be read, and were passed over. */
  readonly corrupt: number;
}
