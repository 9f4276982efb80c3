import { toLentSettings } from '../drivers/lent/lent-settings.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { createDisabledClient } from './disabled-client.js';
import { openConnection, openLentConnection } from './open-connection.js';
import { RedisConnection } from './redis.connection.js';

/**
 * The place of one connection in one module: made with the client, and made anew when the client's token was
 * overridden with a client of somebody else, so that everything then speaks to that one.
 *
 * @internal
 */
export class ConnectionSlot {
  private held: RedisConnection | undefined;

  constructor(
    readonly name: string,
    private readonly settings: RedisSettings,
    private readonly onCreated: (connection: RedisConnection, settings: RedisSettings) => void,
  ) {}

  get connection(): RedisConnection | undefined {
    return this.held;
  }

  /** The connection, after {@link open}. */
  get opened(): RedisConnection {
    if (this.held === undefined) throw new Error('The connection was not opened yet');
    return this.held;
  }

  /** Opens the connection as the settings say. @returns what the client's token holds */
  async open(lent: RedisClient | undefined): Promise<RedisClient> {
    if (lent !== undefined && this.settings.enabled) return (await this.openLent(lent)).native;
    const connection = this.hold(this.settings);
    if (!this.settings.enabled) return createDisabledClient(this.settings.disabledBy);
    await openConnection(connection, this.settings);
    return connection.native;
  }

  /** The connection that lives on the client which the token holds. */
  async of(client: RedisClient): Promise<RedisConnection> {
    // Overridden, the token's factory never ran, and nothing was opened.
    return this.held ?? this.openLent(client);
  }

  private async openLent(client: RedisClient): Promise<RedisConnection> {
    const settings = toLentSettings(this.settings, client);
    const connection = this.hold(settings);
    await openLentConnection(connection, settings, client);
    return connection;
  }

  private hold(settings: RedisSettings): RedisConnection {
    this.held = new RedisConnection(this.name, settings);
    this.onCreated(this.held, settings);
    return this.held;
  }
}
