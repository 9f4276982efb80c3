import type { RedisOptions } from 'ioredis';
import type { RedisSettings } from '../../interfaces/redis-settings.interface.js';
import { createIoredisCluster } from './ioredis-cluster.driver.js';
import { IoredisClient } from './ioredis.client.js';
import { IOREDIS_OVERRIDES } from './ioredis.overrides.js';
import { Redis } from './native-ioredis.js';
import type { RedisDriver } from '../driver.interface.js';
import { startingEndpoint } from '../starting-endpoint.js';

/** ioredis 5 and 6. @internal */
export const ioredisDriver: RedisDriver = {
  name: 'ioredis',
  create: (settings) => {
    // Once: a duplicate, made much later, is like its origin, whatever became of the object that was passed in.
    const options = toIoredisOptions(settings);
    if (settings.cluster !== undefined) return createIoredisCluster(settings.cluster, settings.ioredis, options);
    const make = (): IoredisClient => new IoredisClient(new Redis({ ...options }), make);
    return make();
  },
};

/** The user's options first, ours over them. */
function toIoredisOptions(settings: RedisSettings): RedisOptions {
  const { tls } = settings;
  const endpoint = startingEndpoint(settings);
  return {
    keepAlive: 30_000,
    ...settings.ioredis,
    ...('path' in endpoint ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(tls === undefined ? {} : { tls: { ...(settings.ioredis['tls'] as object | undefined), ...tls } }),
    db: settings.db,
    connectTimeout: settings.connectTimeoutMs,
    ...IOREDIS_OVERRIDES,
  };
}
