import type { RedisErrorKind } from './redis-error-kind.js';
import { isRedisError, type RedisError } from './redis.error.js';

/** Kinds that speak of the call itself, and would come back from a healthy server. */
const OF_THE_CALL: ReadonlySet<RedisErrorKind> = new Set(['wrong-type', 'serialization', 'reply']);

/**
 * Whether an error means that Redis could not do its work now, so that a fallback may: any kind but those that speak of
 * the call itself and would come back from a healthy server (`wrong-type`, `serialization`, `reply`).
 *
 * @example
 * try {
 *   return await redis.commands.incrby('visits', 1);
 * } catch (error) {
 *   if (isOutage(error)) return undefined;
 *   throw error;
 * }
 *
 * @publicApi
 */
export function isOutage(error: unknown): error is RedisError {
  return isRedisError(error) && !OF_THE_CALL.has(error.redisErrorKind);
}
