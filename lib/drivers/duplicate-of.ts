import type { Redis } from 'ioredis';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { DriverClient } from './driver.interface.js';
import { isClusterClient } from './identify-client.js';
import { createIoredisCluster } from './ioredis-cluster.driver.js';
import { IoredisClient } from './ioredis.client.js';
import { IOREDIS_OVERRIDES } from './ioredis.overrides.js';
import { clusterOptionsOf, seedsOf } from './lent-cluster.js';
import { createNodeRedisCluster } from './node-redis-cluster.driver.js';
import { NodeRedisClient, type NativeNodeRedis } from './node-redis.client.js';
import { NODE_REDIS_OVERRIDES, NODE_REDIS_SOCKET_OVERRIDES } from './node-redis.overrides.js';

interface NodeRedisWithOptions {
  readonly options?: { readonly socket?: object };
  duplicate(overrides: object): NativeNodeRedis;
}

/** A further connection with a lent client's settings, which is ours: under our loop, and closed by us. @internal */
export function duplicateOf(lent: RedisClient, driver: RedisDriverName): DriverClient {
  if (isClusterClient(lent)) return ofCluster(lent, driver);
  return driver === 'ioredis'
    ? ofIoredis(lent as unknown as Redis)
    : ofNodeRedis(lent as unknown as NodeRedisWithOptions);
}

function ofCluster(lent: RedisClient, driver: RedisDriverName): DriverClient {
  const seeds = seedsOf(lent);
  const options = clusterOptionsOf(lent);
  return driver === 'ioredis'
    ? createIoredisCluster(seeds, options, options)
    : createNodeRedisCluster(seeds, options, options);
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
