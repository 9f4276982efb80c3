import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import type { PostgresPool } from './postgres-client.interface.js';

/** To connect includes a name server, TLS and the login. */
const CONNECT_TIMEOUT_MS = 2_000;
const END_TIMEOUT_MS = 500;

/** A pool to use, and what to do at the end. @internal */
export interface LentPool {
  readonly pool: PostgresPool;
  readonly end: () => Promise<void>;
}

/** A pool, and how to end it, also where its server is silent and would never say goodbye. @internal */
export function ownedPool(connectionString: string, max: number): LentPool {
  const pool = new Pool({
    connectionString,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'nestjs-redis-hub',
  });
  const clients = new Set<PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));
  const end = async (): Promise<void> => {
    const ended = pool.end();
    ended.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_TIMEOUT_MS)));
    await Promise.race([ended, patience]).finally(() => clearTimeout(timer));
    for (const client of clients) destroySocket(client);
  };
  return { pool, end };
}

/** Not part of pg's types: the one way to be rid of a socket whose peer is silent. @internal */
export function destroySocket(client: unknown): void {
  const { connection } = client as { connection?: { stream?: { destroy?: () => void } } };
  connection?.stream?.destroy?.();
}
