import type { PostgresPool, PostgresPoolClient } from './postgres-client.interface.js';

/** A client of the pool for one use: given back when done, destroyed when given up, also one that arrives after that. @internal */
export class ClientLease {
  private client: PostgresPoolClient | undefined;
  private isAbandoned = false;
  private hasEnded = false;

  constructor(private readonly pool: PostgresPool) {}

  async use<T>(action: (client: PostgresPoolClient) => Promise<T>): Promise<T> {
    const client = (await this.pool.connect()) as PostgresPoolClient;
    this.client = client;
    // A pool listens only while a client is idle, and nobody's error is an uncaught one.
    client.on('error', ignore);
    if (!this.hasEnded) return action(client);
    this.release();
    throw new Error('given up while it waited for a client');
  }

  abandon(): void {
    this.isAbandoned = true;
  }

  end(): void {
    this.hasEnded = true;
    this.release();
  }

  private release(): void {
    const { client } = this;
    this.client = undefined;
    client?.release(this.isAbandoned);
    client?.off('error', ignore);
  }
}

/** The statement that was under way is told the same. */
function ignore(): void {
  // nothing to do
}
