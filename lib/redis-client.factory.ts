import { toRedisSettings } from './config/to-redis-settings.js';
import { ConnectionSlot } from './connection/connection-slot.js';
import type { RedisConnection } from './connection/redis.connection.js';
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

  /**
   * Closes the client and its duplicates: gracefully for a third of `shutdownTimeoutMs`, then by force. Idempotent.
   */
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
    const slot = new ConnectionSlot(DEFAULT_CONNECTION, toRedisSettings(options), () => undefined);
    await slot.open(options.client);
    return new StandaloneRedis(slot.opened);
  }
}
