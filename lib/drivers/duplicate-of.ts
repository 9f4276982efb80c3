import type { Redis } from 'ioredis';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { DriverClient } from './driver.interface.js';
import { IoredisClient } from './ioredis.client.js';
import { IOREDIS_OVERRIDES } from './ioredis.overrides.js';
import { NodeRedisClient, type NativeNodeRedis } from './node-redis.client.js';

interface NodeRedisWithOptions {
  readonly options?: { readonly socket?: object };
  duplicate(overrides: object): NativeNodeRedis;
}

/** A further connection with a lent client's settings, which is ours: under our loop, and closed by us. @internal */
export function duplicateOf(lent: RedisClient, driver: RedisDriverName, commandTimeoutMs: number): DriverClient {
  const another = (): DriverClient => duplicateOf(lent, driver, commandTimeoutMs);
  if (driver === 'ioredis') {
    return new IoredisClient((lent as unknown as Redis).duplicate({ ...IOREDIS_OVERRIDES }), another);
  }
  const nodeRedis = lent as unknown as NodeRedisWithOptions;
  const socket = { ...nodeRedis.options?.socket, reconnectStrategy: false };
  const copy = nodeRedis.duplicate({ disableOfflineQueue: true, socket });
  return new NodeRedisClient(copy, commandTimeoutMs, another);
}
