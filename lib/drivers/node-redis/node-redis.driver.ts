import { createClient } from 'redis';
import type { RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { createNodeRedisCluster } from './node-redis-cluster.driver.js';
import { NodeRedisClient, type MakeNodeRedis, type NativeNodeRedis } from './node-redis.client.js';
import { assertCanHandOver } from './hand-over.js';
import { NODE_REDIS_OVERRIDES, NODE_REDIS_SOCKET_OVERRIDES } from './node-redis.overrides.js';
import type { RedisDriver } from '../driver.interface.js';
import { startingEndpoint } from '../starting-endpoint.js';

/** node-redis 5 and 6. @internal */
export const nodeRedisDriver: RedisDriver = {
  name: 'node-redis',
  create: (settings) => {
    // Once: a duplicate, made much later, is like its origin, whatever became of the object that was passed in.
    const { socket, ...options } = toNodeRedisOptions(settings);
    if (settings.cluster !== undefined) {
      return createNodeRedisCluster(settings.cluster, settings.nodeRedis, { ...options, socket });
    }
    const make: MakeNodeRedis = (signal) => {
      const client: NativeNodeRedis = createClient({ ...options, socket: { ...socket, signal } });
      if (settings.sentinel !== undefined) assertCanHandOver(client);
      return client;
    };
    return new NodeRedisClient(make);
  },
};

/** The user's options first, ours over them. */
function toNodeRedisOptions(settings: RedisSettings): { readonly socket: object } {
  const { tls } = settings;
  const endpoint = startingEndpoint(settings);
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
