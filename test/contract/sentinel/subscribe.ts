import type { Redis } from 'ioredis';
import type { createClient } from 'redis';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';

/** Subscribes as users of each driver do. */
export async function subscribe(
  client: RedisClient,
  channel: string,
  listener: (message: string) => void,
): Promise<void> {
  if ('status' in client) {
    const redis = client as unknown as Redis;
    redis.on('message', (_channel, message) => listener(message));
    await redis.subscribe(channel);
  } else {
    await (client as unknown as ReturnType<typeof createClient>).subscribe(channel, (message) => listener(message));
  }
}
