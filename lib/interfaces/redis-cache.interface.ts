import type { RedisError } from '../errors/redis.error.js';

/**
 * Why a cached value was not there. `absent`: the server said so. `redis_error`: the server could not be asked, see
 * {@link CacheMiss.error}. `disabled`: Redis is off.
 *
 * @publicApi
 */
export type CacheMissReason = 'absent' | 'redis_error' | 'disabled';

/** The value that was cached, as `cacheSet` was given it. @publicApi */
export interface CacheHit<T> {
  readonly hit: true;
  readonly value: T;
}

/** A miss and an outage are different answers. @publicApi */
export interface CacheMiss {
  readonly hit: false;
  readonly reason: CacheMissReason;
  /** The outage; only where {@link reason} is not `absent`. */
  readonly error?: RedisError;
}

/** Answer of `cacheGet`. @publicApi */
export type CacheResult<T> = CacheHit<T> | CacheMiss;

/** What to do when Redis cannot be asked. @publicApi */
export interface CacheUnavailableOptions {
  /** `miss`: answer as if nothing was cached. `throw`: reject with the `RedisError`. @default 'miss' */
  readonly onUnavailable?: 'miss' | 'throw';
}

/** Options of `cacheSet`. @publicApi */
export interface CacheSetOptions extends CacheUnavailableOptions {
  /** Time to live in milliseconds, an integer of at least 1. Required: a cache without it fills up. */
  readonly ttlMs: number;
}

/** Options of `lpushRecent`. @publicApi */
export interface RecentListOptions {
  /** How many entries to keep, an integer of at least 1. */
  readonly max: number;
  /** Time to live of the whole list from this push on, in milliseconds, an integer of at least 1. */
  readonly ttlMs: number;
}

/** Options of `forTenant`. @publicApi */
export interface TenantOptions {
  /** Puts all keys of the tenant into one Cluster slot, so that one script may touch several. @default false */
  readonly oneSlot?: boolean;
}
