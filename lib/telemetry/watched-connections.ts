import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { readServer } from './read-server.js';
import type { ServerReading } from './read-server.js';

/** A connection that a scrape tells of. @internal */
export interface WatchedConnection {
  readonly handle: RedisConnectionHandle;
  readonly timeoutMs: number;
}

/** One of them, and what its server said. @internal */
export interface ConnectionReading {
  readonly handle: RedisConnectionHandle;
  readonly server: ServerReading;
}

/** The connections that scrapes tell of: of one name, the one that came last. @internal */
export class WatchedConnections {
  private readonly all = new Set<WatchedConnection>();
  private reading: Promise<readonly ConnectionReading[]> | undefined;

  add(connection: WatchedConnection): void {
    this.all.add(connection);
  }

  delete(connection: WatchedConnection): void {
    this.all.delete(connection);
  }

  get handles(): readonly RedisConnectionHandle[] {
    return this.latest.map(({ handle }) => handle);
  }

  /** Each server is asked once a scrape, for all of its metrics; so are those of scrapes at the same time. */
  read(): Promise<readonly ConnectionReading[]> {
    this.reading ??= this.readAll().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private readAll(): Promise<readonly ConnectionReading[]> {
    const enabled = this.latest.filter(({ handle }) => handle.isEnabled);
    return Promise.all(
      enabled.map(async ({ handle, timeoutMs }) => ({ handle, server: await readServer(handle, timeoutMs) })),
    );
  }

  private get latest(): readonly WatchedConnection[] {
    return [...new Map([...this.all].map((one) => [one.handle.name, one])).values()];
  }
}
