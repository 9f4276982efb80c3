import { createDeferred } from '../../utils/deferred.js';
import { withDeadline } from '../../utils/deadline.js';
import type { PostgresClient, PostgresNotification, PostgresResult } from './postgres-client.interface.js';
import { postgresTimeout } from './postgres-error.js';
import { destroySocket } from './postgres.pool.js';

/** A connection may take longer than an answer: it includes a name server and the login. */
const CONNECT_TIMEOUT_MS = 2_000;

/** Who is told of what happens on a connection. @internal */
export interface WatchListener {
  lost(connection: WatchConnection): void;
  heard(message: PostgresNotification): void;
}

/** One connection beside the pool, whose every answer has a deadline. @internal */
export class WatchConnection {
  private readonly ended = createDeferred<never>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: PostgresClient,
    private readonly operation: string,
    private readonly timeoutMs: number,
    listener: WatchListener,
  ) {
    this.ended.promise.catch(() => undefined);
    client.on('error', () => listener.lost(this));
    client.on('end', () => {
      this.ended.reject(new Error('Connection ended'));
      listener.lost(this);
    });
    client.on('notification', (message) => listener.heard(message));
  }

  async open(): Promise<void> {
    const connected = Promise.race([this.client.connect(), this.ended.promise]);
    await withDeadline(connected, CONNECT_TIMEOUT_MS, () => postgresTimeout(this.operation, CONNECT_TIMEOUT_MS));
  }

  /** One after the other, as `pg` wants it; the deadline is that of each. */
  ask(text: string, values?: readonly unknown[]): Promise<PostgresResult> {
    const { client, timeoutMs } = this;
    const send = (): Promise<PostgresResult> =>
      withDeadline(client.query(text, values), timeoutMs, () => postgresTimeout(this.operation, timeoutMs));
    const asked = this.last.then(send, send);
    this.last = asked.catch(() => undefined);
    return asked;
  }

  end(): void {
    // A frozen server never says goodbye.
    destroySocket(this.client);
    this.client.end().catch(() => undefined);
  }
}
