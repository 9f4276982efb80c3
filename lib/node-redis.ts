import type { createClient, RedisClientOptions } from 'redis';
import type { RedisModuleOptions } from './interfaces/redis-options.interface.js';

/** The driver's own client, as the token `REDIS_CLIENT` holds it. @publicApi */
export type NodeRedisNativeClient = ReturnType<typeof createClient>;

/** node-redis' options, fully typed. Those that the connection owns are overridden: docs/ARCHITECTURE.md lists them. @publicApi */
export type NodeRedisDriverOptions = RedisClientOptions;

/** `RedisModuleOptions` with the driver's options fully typed. @publicApi */
export type NodeRedisModuleOptions = Omit<RedisModuleOptions, 'ioredis' | 'nodeRedis'> & {
  readonly nodeRedis?: NodeRedisDriverOptions;
};
