import { createClient } from 'redis';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { NodeRedisClient, type NativeNodeRedis } from './node-redis.client.js';
import { NODE_REDIS_OVERRIDES, NODE_REDIS_SOCKET_OVERRIDES } from './node-redis.overrides.js';
import type { RedisDriver } from './driver.interface.js';

/** node-redis 5 and 6. @internal */
export const nodeRedisDriver: RedisDriver = {
  name: 'node-redis',
  create: (settings) => {
    // Once: a duplicate, made much later, is like its origin, whatever became of the object that was passed in.
    const { socket, ...options } = toNodeRedisOptions(settings);
    const make = (signal: AbortSignal): NativeNodeRedis => createClient({ ...options, socket: { ...socket, signal } });
    return new NodeRedisClient(make);
  },
};

/** The user's options first, ours over them. */
function toNodeRedisOptions(settings: RedisSettings): { readonly socket: object } {
  const { endpoint, tls } = settings;
  return {
    maintNotifications: 'disabled',
    ...settings.nodeRedis,
    socket: {
      ...(settings.nodeRedis['socket'] as object | undefined),
      ...('path' in endpoint ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
      ...(tls === undefined ? {} : { ...tls, tls: true }),
      connectTimeout: settings.connectTimeoutMs,
      ...NODE_REDIS_SOCKET_OVERRIDES,
    },
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    database: settings.db,
    ...NODE_REDIS_OVERRIDES,
  } as { readonly socket: object };
}
