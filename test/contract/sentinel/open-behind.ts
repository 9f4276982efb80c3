import { openConnection } from '../../../lib/connection/open-connection.js';
import { RedisConnection } from '../../../lib/connection/redis.connection.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { FAST, type Bench } from '../connection/bench.js';

/** A connection as the module opens it, with what the service does not show: endpoint and role. */
export async function openBehind(bench: Bench, options: RedisModuleOptions): Promise<RedisConnection> {
  const settings = toRedisSettings({ driver: bench.driver, ...FAST, ...options });
  const connection = bench.keep(new RedisConnection('default', settings));
  await openConnection(connection, settings);
  return connection;
}
