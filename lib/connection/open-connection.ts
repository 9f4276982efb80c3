import { LentClient } from '../drivers/lent/lent.client.js';
import { resolveDriver } from '../drivers/resolve-driver.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import type { RedisConnection } from './redis.connection.js';
import { MasterLead } from './sentinel/master-lead.js';

/**
 * Gives a connection a client of its own and starts it: waits for it where boot is `fail-fast`, leaves it to the
 * background where it is `degrade`. What can be known without a server fails in both.
 *
 * @throws RedisError
 * @internal
 */
export async function openConnection(connection: RedisConnection, settings: RedisSettings): Promise<void> {
  const driver = await resolveDriver(settings.driver);
  const { db, username, cluster } = settings;
  const client = driver.create(settings);
  const lead = MasterLead.of(client, driver, settings, (reason) => connection.discard(reason, true));
  const isCluster = cluster !== undefined;
  connection.use(client, { db, isCluster, ...(username === undefined ? {} : { username }) }, lead);
  await boot(connection, settings);
}

/** The same on a client that belongs to somebody else. Its database and user are its owner's choice. @internal */
export async function openLentConnection(
  connection: RedisConnection,
  settings: RedisSettings,
  lent: RedisClient,
): Promise<void> {
  connection.use(await LentClient.of(lent), {});
  await boot(connection, settings);
}

async function boot(connection: RedisConnection, settings: RedisSettings): Promise<void> {
  if (settings.boot === 'degrade') return connection.begin();
  try {
    await connection.ensureReadyClient();
  } catch (error) {
    await connection.close();
    throw error;
  }
}
