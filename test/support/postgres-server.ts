import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, lchown, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { deferred, eventually, withDeadline } from './eventually.js';
import { freePort, releasePort } from './free-port.js';
import { PASSWORD, SERVER_IDENTITY, postgresBinaries, postgresTemplate } from './postgres-template.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

export interface PostgresTestServerOptions {
  /** Settings as on the command line of postgres, such as `{ max_connections: 5 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const START_TIMEOUT_MS = 15_000;
const SETTINGS = {
  fsync: 'off',
  shared_buffers: '16MB',
  max_wal_size: '64MB',
  max_connections: 60,
  logging_collector: 'off',
};

/**
 * A private Postgres cluster on a port of its own, a copy of one that was made once, that can be frozen, killed and
 * brought back. What a test forgets to stop is stopped after its spec file.
 */
export class PostgresTestServer implements TestResource {
  readonly host = '127.0.0.1';
  private readonly dir = mkdtempSync(join(tmpdir(), 'hub-postgres-'));
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: PostgresTestServerOptions,
  ) {}

  static async start(options: PostgresTestServerOptions = {}): Promise<PostgresTestServer> {
    const server = track(new PostgresTestServer(await freePort(), options));
    try {
      await server.copyTemplate();
      await server.launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** `postgres://`, of the superuser, with the password. */
  get url(): string {
    return this.urlOf('postgres', PASSWORD);
  }

  urlOf(user: string, password: string, database = 'postgres'): string {
    return `postgres://${user}:${password}@${this.host}:${this.port}/${database}`;
  }

  /** The test's own question, over a connection of its own that no exhausted pool stands before. */
  async query<T extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.end();
    }
  }

  /** Stops every process without ending it (SIGSTOP): the sockets stay open, nothing answers. */
  async freeze(): Promise<void> {
    // the postmaster first: it would go on making backends
    for (const pid of this.processes()) process.kill(pid, 'SIGSTOP');
    for (const pid of this.processes()) process.kill(pid, 'SIGSTOP');
    await eventually(() => this.processes().every((pid) => stateOf(pid) === 'T'), { intervalMs: 2, what: 'frozen' });
  }

  /** Lets a frozen server go on, and waits for its answer. */
  async thaw(): Promise<void> {
    for (const pid of this.processes()) process.kill(pid, 'SIGCONT');
    await this.query('SELECT 1');
  }

  /** Ends every process (SIGKILL) and keeps port and data for {@link restart}. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = deferred();
    child.once('exit', () => ended.resolve());
    const all = this.processes();
    for (const pid of all) signal(pid, 'SIGKILL');
    await withDeadline(ended.promise, { what: 'end of postgres' });
    await eventually(() => all.every((pid) => stateOf(pid) === undefined), { intervalMs: 2, what: 'end of backends' });
    rmSync(join(this.dir, 'postmaster.pid'), { force: true });
  }

  /** Comes back on the same port and data; kills first where it still runs. */
  async restart(): Promise<void> {
    await this.kill();
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
    releasePort(this.port);
    untrack(this);
  }

  /** A thousand files: done at once they would hold up whatever else this process does, such as the proxies of other tests. */
  private async copyTemplate(): Promise<void> {
    await cp(await postgresTemplate(), this.dir, { recursive: true });
    const { uid, gid } = SERVER_IDENTITY;
    if (uid === undefined || gid === undefined) return;
    const names = ['', ...(await readdir(this.dir, { recursive: true }))];
    await Promise.all(names.map((name) => lchown(join(this.dir, name), uid, gid)));
  }

  private async launch(): Promise<void> {
    const { postgres } = await postgresBinaries();
    const settings = { ...SETTINGS, ...this.options.settings, port: this.port, listen_addresses: this.host };
    const args = Object.entries({ ...settings, unix_socket_directories: '' }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
    const child = spawn(postgres, ['-D', this.dir, ...args], {
      ...SERVER_IDENTITY,
      cwd: this.dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    const log: string[] = [];
    const ready = deferred();
    child.stderr.on('data', (chunk: Buffer) => {
      if (log.push(chunk.toString()) > 200) log.shift();
      if (log.join('').includes('ready to accept connections')) ready.resolve();
    });
    child.once('error', ready.reject);
    child.once('exit', () => ready.reject(new Error(`postgres ended at its start:\n${log.join('')}`)));
    await withDeadline(ready.promise, { timeoutMs: START_TIMEOUT_MS, what: `start of postgres on port ${this.port}` });
  }

  /** The postmaster and its children: each backend leads a session of its own, so that no group holds them. */
  private processes(): number[] {
    const pid = this.child?.pid;
    if (pid === undefined) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
  }
}

function signal(pid: number, name: 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // of another realm than Jest's, which knows it for no Error
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function stateOf(pid: number): string | undefined {
  try {
    const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return state === 'Z' ? undefined : state;
  } catch {
    return undefined;
  }
}
