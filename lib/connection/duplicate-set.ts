import type { RedisClient } from '../interfaces/redis-client.interface.js';
import type { RedisConnection } from './redis.connection.js';
import type { StopClock } from './stop-clock.js';

/**
 * The further connections of one connection, for blocking and subscribing: each with a loop of its own, counted under
 * its purpose, dialled only while its origin is connected, thrown away when the server stops answering, closed with its
 * origin. Once shutdown has begun none of them reconnects: BullMQ would revive a duplicate while it closes it.
 *
 * @internal
 */
export class DuplicateSet {
  private readonly members = new Map<RedisConnection, string>();

  constructor(
    private readonly origin: { readonly stopClock: StopClock; begin(): void },
    private readonly make: (purpose: string) => RedisConnection,
  ) {
    origin.stopClock.begun.addEventListener('abort', () => void this.closeThose((one) => one.state !== 'connected'));
    origin.stopClock.passed.addEventListener('abort', () => void this.close());
  }

  /** Sockets that are connected now, by purpose. */
  get sockets(): Readonly<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const [connection, purpose] of this.members) {
      counts.set(purpose, (counts.get(purpose) ?? 0) + connection.socketCount);
    }
    return Object.fromEntries(counts);
  }

  /** A further connection, not begun. It takes itself out when it is closed. */
  add(purpose: string): RedisConnection {
    const connection = this.make(purpose);
    this.members.set(connection, purpose);
    connection.state$.subscribe({
      next: ({ to }) => {
        if (to === 'reconnecting' && this.origin.stopClock.begun.aborted) void connection.close(0);
      },
      complete: () => this.members.delete(connection),
    });
    return connection;
  }

  /** A further native client, connected. */
  async open(purpose: string): Promise<RedisClient> {
    const connection = this.add(purpose);
    this.origin.begin();
    try {
      return await connection.ensureReadyClient();
    } catch (error) {
      await connection.close(0);
      throw error;
    }
  }

  /** Closes the one that lives on this client. False where there is none. */
  async release(client: RedisClient): Promise<boolean> {
    const [found] = [...this.members.keys()].filter((connection) => connection.livesOn(client));
    await found?.close(0);
    return found !== undefined;
  }

  discard(reason: Error, isUrgent: boolean): void {
    for (const connection of this.members.keys()) connection.discard(reason, isUrgent);
  }

  close(): Promise<void> {
    return this.closeThose(() => true);
  }

  /** By force: what blocks on them would keep a graceful end waiting. */
  private async closeThose(condition: (connection: RedisConnection) => boolean): Promise<void> {
    await Promise.all([...this.members.keys()].filter(condition).map((connection) => connection.close(0)));
  }
}
