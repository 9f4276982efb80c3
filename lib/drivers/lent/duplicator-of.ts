import type { Redis } from 'ioredis';
import type { RedisClient, RedisDriverName } from '../../interfaces/redis-client.interface.js';
import type { DriverClient } from '../driver.interface.js';
import { isClusterClient } from '../identify-client.js';
import { IoredisClient } from '../ioredis/ioredis.client.js';
import { IOREDIS_OVERRIDES } from '../ioredis/ioredis.overrides.js';
import { clusterOptionsOf, seedsOf } from './lent-cluster.js';
import { NodeRedisClient, type NativeNodeRedis } from '../node-redis/node-redis.client.js';
import { NODE_REDIS_OVERRIDES, NODE_REDIS_SOCKET_OVERRIDES } from '../node-redis/node-redis.overrides.js';

interface NodeRedisWithOptions {
  readonly options?: { readonly socket?: object };
  duplicate(overrides: object): NativeNodeRedis;
}

/**
 * What makes further connections with a lent client's settings, which are ours: under our loop, and closed by us. Of the
 * driver packages only the one of a cluster is loaded: the other may be missing.
 *
 * @internal
 */
export async function duplicatorOf(lent: RedisClient, driver: RedisDriverName): Promise<() => DriverClient> {
  if (isClusterClient(lent)) return clusterDuplicator(lent, driver);
  return driver === 'ioredis'
    ? () => ofIoredis(lent as unknown as Redis)
    : () => ofNodeRedis(lent as unknown as NodeRedisWithOptions);
}

async function clusterDuplicator(lent: RedisClient, driver: RedisDriverName): Promise<() => DriverClient> {
  const create =
    driver === 'ioredis'
      ? (await import('../ioredis/ioredis-cluster.driver.js')).createIoredisCluster
      : (await import('../node-redis/node-redis-cluster.driver.js')).createNodeRedisCluster;
  const options = clusterOptionsOf(lent);
  return () => create(seedsOf(lent), options, options);
}

function ofIoredis(lent: Redis): DriverClient {
  return new IoredisClient(lent.duplicate({ ...IOREDIS_OVERRIDES }), () => ofIoredis(lent));
}

function ofNodeRedis(lent: NodeRedisWithOptions): DriverClient {
  const make = (signal: AbortSignal): NativeNodeRedis => {
    const socket = { ...lent.options?.socket, ...NODE_REDIS_SOCKET_OVERRIDES, signal };
    return lent.duplicate({ ...NODE_REDIS_OVERRIDES, socket });
  };
  return new NodeRedisClient(make);
}
