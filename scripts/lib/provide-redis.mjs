import { findRedisServer } from './find-redis.mjs';
import { PrivateRedis } from './private-redis.mjs';
import { say } from './say.mjs';

/**
 * The Redis for the sample, as environment variables: the one that the environment names, else one of our own, else
 * none. `redis` is there where it is ours to end.
 *
 * @returns {Promise<{ redis?: PrivateRedis, env: Record<string, string> }>}
 */
export async function provideRedis() {
  if (/^(false|0|no|off)$/i.test(process.env.REDIS_ENABLED ?? '')) {
    say('Redis: off, as REDIS_ENABLED says');
    return { env: {} };
  }
  if (process.env.REDIS_URL) {
    say('Redis: the one of REDIS_URL');
    return { env: {} };
  }
  const binary = await findRedisServer();
  if (!binary) {
    say('No Redis can be had here: the sample runs on its memory tiers, without a queue. /health says so.');
    return { env: { REDIS_ENABLED: 'false' } };
  }
  const redis = await PrivateRedis.start(binary);
  say(`Redis: started on port ${redis.port}, process ${redis.pid}`);
  return { redis, env: { REDIS_URL: redis.url } };
}
