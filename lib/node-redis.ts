import type { createClient, createCluster, RedisClientOptions } from 'redis';
import type { NodeRedisClusterWideOptions } from './drivers/node-redis/node-redis-cluster.options.js';
import type { RedisModuleOptions } from './interfaces/redis-options.interface.js';

/** The driver's own client, as the token `REDIS_CLIENT` holds it. @publicApi */
export type NodeRedisNativeClient = ReturnType<typeof createClient>;

/** The same of a connection to a cluster. @publicApi */
export type NodeRedisNativeCluster = ReturnType<typeof createCluster>;

/**
 * node-redis' options, fully typed. Those that the connection owns are overridden: docs/ARCHITECTURE.md lists them. On
 * a cluster they are each node's, and beside them stand those of the whole, such as `nodeAddressMap`.
 *
 * @publicApi
 */
export type NodeRedisDriverOptions = RedisClientOptions
  & Pick<NodeRedisClusterWideOptions, 'nodeAddressMap' | 'maxCommandRedirections'>;

/** `RedisModuleOptions` with the driver's options fully typed. @publicApi */
export type NodeRedisModuleOptions = Omit<RedisModuleOptions, 'ioredis' | 'nodeRedis'> & {
  readonly nodeRedis?: NodeRedisDriverOptions;
};
