import { toRedisSettings } from './config/validate-options.js';
import { openConnection, openLentConnection } from './connection/open-connection.js';
import { RedisConnection } from './connection/redis.connection.js';
import { toLentSettings } from './drivers/lent-settings.js';
import type { RedisModuleOptions } from './interfaces/redis-options.interface.js';
import { DEFAULT_CONNECTION } from './redis.constants.js';
import { RedisService } from './redis.service.js';

/**
 * A connection that belongs to its caller, who closes it.
 *
 * @publicApi
 */
export class StandaloneRedis extends RedisService {
  private readonly owned: RedisConnection;

  /** @internal */
  constructor(connection: RedisConnection) {
    super(connection);
    this.owned = connection;
  }

  /** Closes the client and its duplicates: gracefully, then by force after `shutdownTimeoutMs`. Idempotent. */
  close(): Promise<void> {
    return this.owned.close();
  }
}

/**
 * The same connection outside Nest: for scripts and for BullMQ's sandboxed processors. It opens a socket of its own.
 *
 * @example
 * const redis = await RedisClientFactory.create({ url: 'redis://127.0.0.1:6379' });
 * await redis.commands.set('greeting', 'hello');
 * await redis.close();
 *
 * @publicApi
 */
export class RedisClientFactory {
  /**
   * Connects as `RedisModule` would, `boot` included.
   *
   * @throws RedisError
   */
  static async create(options: RedisModuleOptions): Promise<StandaloneRedis> {
    const validated = toRedisSettings(options);
    const lent = validated.enabled ? options.client : undefined;
    const settings = lent === undefined ? validated : toLentSettings(validated, lent);
    const connection = new RedisConnection(DEFAULT_CONNECTION, settings);
    if (lent !== undefined) await openLentConnection(connection, settings, lent);
    else if (settings.enabled) await openConnection(connection, settings);
    return new StandaloneRedis(connection);
  }
}
