import { Client } from 'pg';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { PASSWORD as ADMIN_PASSWORD } from '../../support/postgres-template.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const PASSWORD = 'PGPASSWORD-SECRET-1138';
/** Many cells are on it at a time, each with a pool of its own. */
const SETTINGS = { max_connections: 150 };

let shared: Promise<PostgresTestServer> | undefined;
/** Of cells that are over and brought theirs back. */
const idle: PostgresTestServer[] = [];
let homes = 0;

/** Where the sessions of one cell are kept beside Redis: a database and a role of its own, and a proxy before the server. */
export class PostgresHome {
  private constructor(
    readonly server: PostgresTestServer,
    readonly proxy: TcpProxy,
    /** Of the database, and of the role that owns it. */
    readonly name: string,
    private readonly isOwn: boolean,
  ) {}

  /** On the server that all cells share: a start takes longer than a cell has. */
  static async shared(): Promise<PostgresHome> {
    shared ??= PostgresTestServer.start({ settings: SETTINGS });
    return PostgresHome.on(await shared, false);
  }

  /** On a server of its own, which may be killed and frozen. */
  static async own(): Promise<PostgresHome> {
    return PostgresHome.on(idle.pop() ?? (await PostgresTestServer.start()), true);
  }

  private static async on(server: PostgresTestServer, isOwn: boolean): Promise<PostgresHome> {
    homes += 1;
    const name = `faults_${homes}`;
    await server.query(`CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD}'`);
    await server.query(`CREATE DATABASE ${name} OWNER ${name}`);
    return new PostgresHome(server, await TcpProxy.start(server), name, isOwn);
  }

  /** As the app is told. */
  get connectionString(): string {
    return this.urlWith({});
  }

  get secrets(): readonly string[] {
    return [PASSWORD, `${this.name}:`];
  }

  /** Of another password or database than the right one. */
  urlWith({ password = PASSWORD, database = this.name }: { password?: string; database?: string }): string {
    return `postgres://${this.name}:${password}@${this.proxy.host}:${this.proxy.port}/${database}`;
  }

  /** The test's own question, past the proxy, as the superuser. */
  async query<T extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
    const connectionString = this.server.urlOf('postgres', ADMIN_PASSWORD, this.name);
    const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.end();
    }
  }

  /** Ends what the app has open, as an administrator does; new connections meet what was changed meanwhile. */
  async endConnections(): Promise<void> {
    const mine = `FROM pg_stat_activity WHERE usename = '${this.name}'`;
    await this.server.query(`SELECT pg_terminate_backend(pid) ${mine}`);
  }

  async setPassword(password = PASSWORD): Promise<void> {
    await this.server.query(`ALTER ROLE ${this.name} PASSWORD '${password}'`);
  }

  /** Sockets that the app has open. */
  get sockets(): number {
    return this.proxy.open - this.proxy.abandoned;
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    try {
      await this.server.query(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
      await this.server.query(`DROP ROLE ${this.name}`);
      if (this.isOwn) idle.push(this.server);
    } catch (error) {
      if (!this.isOwn) throw error;
      await this.server.stop(); // of a cell that failed while it was out
    }
  }
}

/** The last cell is over. */
export async function stopPostgres(): Promise<void> {
  await (await shared)?.stop();
  shared = undefined;
  for (const server of idle.splice(0)) await server.stop();
}

/** Ends the server as `kill -9` does. New sockets are refused, as they would be without a proxy. */
export async function killPostgres({ proxy, server }: PostgresHome): Promise<void> {
  await server.kill();
  await proxy.refuse();
}

export async function restartPostgres({ proxy, server }: PostgresHome): Promise<void> {
  await server.restart();
  await proxy.pass();
}
