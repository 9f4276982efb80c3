import type { RedisError } from '../errors/redis.error.js';

/**
 * The life of a connection, in one word.
 *
 * - `disabled`: the feature flags turn Redis off; no socket is ever opened.
 * - `uninitialized`: nobody has asked for a connection yet.
 * - `connecting`: the first connection, or a fresh attempt after `failed`, is being made.
 * - `connected`: the server answered and the login, database and role were confirmed.
 * - `reconnecting`: it was connected, was lost, and is being made again.
 * - `failed`: the attempt ended without a connection; the reason is {@link RedisStateChange.error}.
 * - `closed`: ended by its owner, for good.
 *
 * @publicApi
 */
export type RedisState =
  'disabled' | 'uninitialized' | 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed';

/**
 * One change of {@link RedisState}, published once.
 *
 * @publicApi
 */
export interface RedisStateChange {
  /** The state that ended. */
  readonly from: RedisState;
  /** The state that began. */
  readonly to: RedisState;
  /** Milliseconds spent in {@link from}. */
  readonly elapsedMs: number;
  /** Why, where there is a reason: scrubbed, safe to log. */
  readonly error?: RedisError;
}
