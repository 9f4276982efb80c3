import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { IoredisClusterWideOptions } from './drivers/ioredis/ioredis-cluster.options.js';
import type { RedisModuleOptions } from './interfaces/redis-options.interface.js';

/** The driver's own client, as the token `REDIS_CLIENT` holds it. @publicApi */
export type IoredisNativeClient = Redis | Cluster;

/**
 * ioredis' options, fully typed. Those that the connection owns are overridden: docs/ARCHITECTURE.md lists them. On a
 * cluster they are each node's, and beside them stand those of the whole, such as `natMap`.
 *
 * @publicApi
 */
export type IoredisDriverOptions = RedisOptions & IoredisClusterWideOptions;

/** `RedisModuleOptions` with the driver's options fully typed. @publicApi */
export type IoredisModuleOptions = Omit<RedisModuleOptions, 'ioredis' | 'nodeRedis'> & {
  readonly ioredis?: IoredisDriverOptions;
};
