import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import { isRedisError } from '../errors/redis.error.js';
import { REDIS_CHANNELS, type RedisCacheEvent } from './redis-events.js';

/** Tells those who listen, if anyone does, that the server answered: with a value, or that there is none. @internal */
export function publishCacheAnswer(connection: string, hit: boolean): void {
  if (!REDIS_CHANNELS.cache.hasSubscribers) return;
  publish(hit ? { connection, hit } : { connection, hit, reason: 'absent' });
}

/** The same of a value that could not be had, whether its caller is answered or thrown at. @internal */
export function publishCacheError(connection: string, error: unknown): void {
  if (!REDIS_CHANNELS.cache.hasSubscribers || !isRedisError(error)) return;
  const errorKind = error.redisErrorKind;
  publish({ connection, hit: false, reason: reasonOf(errorKind), errorKind });
}

function reasonOf(kind: RedisErrorKind): RedisCacheEvent['reason'] {
  if (kind === 'disabled') return 'disabled';
  return kind === 'serialization' ? 'corrupt' : 'redis_error';
}

function publish(event: RedisCacheEvent): void {
  REDIS_CHANNELS.cache.publish(event);
}
