import { channel } from 'node:diagnostics_channel';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { CacheMissReason } from '../interfaces/redis-cache.interface.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';

/** A state change, on the channel `nestjs-redis-hub:state`. @publicApi */
export interface RedisStateEvent {
  readonly connection: string;
  readonly from: RedisState;
  readonly to: RedisState;
  readonly elapsedMs: number;
  readonly kind?: RedisErrorKind;
}

/**
 * A connection that was lost, or an attempt to connect that failed, on the channel `nestjs-redis-hub:connection-error`.
 *
 * @publicApi
 */
export interface RedisConnectionErrorEvent {
  readonly connection: string;
  readonly kind: RedisErrorKind;
  /** Which failed attempt in a row it is, from 1; 0 where the connection was lost. */
  readonly attempt: number;
}

/**
 * An attempt to connect begins that follows a loss or a failed attempt, on the channel
 * `nestjs-redis-hub:reconnect-attempt`.
 *
 * @publicApi
 */
export interface RedisReconnectAttemptEvent {
  readonly connection: string;
  /** Which one in a row it is, from 1. */
  readonly attempt: number;
}

/**
 * The state left `connecting`: a connection was made or given up, on the channel `nestjs-redis-hub:initialization`.
 *
 * @publicApi
 */
export interface RedisInitializationEvent {
  readonly connection: string;
  readonly durationMs: number;
  /** Calls of `ensureReadyClient`, boot's own among them, that shared it. */
  readonly callers: number;
  /** `ok`, or the kind of the error. */
  readonly outcome: 'ok' | RedisErrorKind;
}

/** One command of the port, settled, on the channel `nestjs-redis-hub:operation`. @publicApi */
export interface RedisOperationEvent {
  readonly connection: string;
  readonly operation: string;
  readonly durationMs: number;
  /** `ok`, or the kind of the error. */
  readonly outcome: 'ok' | RedisErrorKind;
}

/** One `cacheGet`, answered, on the channel `nestjs-redis-hub:cache`. The key is not told. @publicApi */
export interface RedisCacheEvent {
  readonly connection: string;
  readonly hit: boolean;
  /** Why not; `corrupt` where what is stored is not JSON. */
  readonly reason?: CacheMissReason | 'corrupt';
  /** Beside every reason but `absent`. */
  readonly errorKind?: RedisErrorKind;
}

/** The breaker opened or closed, on the channel `nestjs-redis-hub:breaker`. @publicApi */
export interface RedisBreakerEvent {
  readonly connection: string;
  readonly open: boolean;
}

/** The channels. Check `hasSubscribers` before making a message: nothing is computed when nobody listens. @internal */
export const REDIS_CHANNELS = {
  state: channel('nestjs-redis-hub:state'),
  connectionError: channel('nestjs-redis-hub:connection-error'),
  reconnectAttempt: channel('nestjs-redis-hub:reconnect-attempt'),
  initialization: channel('nestjs-redis-hub:initialization'),
  operation: channel('nestjs-redis-hub:operation'),
  cache: channel('nestjs-redis-hub:cache'),
  breaker: channel('nestjs-redis-hub:breaker'),
} as const;
