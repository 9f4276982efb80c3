import { createClient } from 'redis';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { NodeRedisClient, type NativeNodeRedis } from './node-redis.client.js';
import type { RedisDriver } from './driver.interface.js';

/** node-redis 5 and 6. @internal */
export const nodeRedisDriver: RedisDriver = {
  name: 'node-redis',
  create: (settings) => {
    const make = (): NodeRedisClient =>
      new NodeRedisClient(
        createClient(toNodeRedisOptions(settings)) as unknown as NativeNodeRedis,
        settings.commandTimeoutMs,
        make,
      );
    return make();
  },
};

/** The user's options first, ours over them: nothing reconnects or queues beside our loop. */
function toNodeRedisOptions(settings: RedisSettings): Parameters<typeof createClient>[0] {
  const { endpoint, tls } = settings;
  const socket = {
    ...(settings.nodeRedis['socket'] as object | undefined),
    ...('path' in endpoint ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
    ...(tls === undefined ? {} : { ...tls, tls: true as const }),
    connectTimeout: settings.connectTimeoutMs,
    reconnectStrategy: false as const,
  };
  return {
    maintNotifications: 'disabled',
    ...settings.nodeRedis,
    socket,
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    database: settings.db,
    disableOfflineQueue: true,
  };
}
