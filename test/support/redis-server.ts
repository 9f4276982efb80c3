import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userOfThisRun } from './documented-users.js';
import { deferred, eventually, withDeadline } from './eventually.js';
import { freePort, releasePort } from './free-port.js';
import { parseClientList } from './redis-client-list.js';
import type { RedisClientInfo } from './redis-client-list.js';
import { PROBE_PASSWORD, PROBE_USER, redisConfig } from './redis-config.js';
import type { RedisTestServerOptions } from './redis-config.js';
import { RespConnection } from './resp-connection.js';
import type { RespReply } from './resp-connection.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

export type { RedisTestServerOptions } from './redis-config.js';
export type { RedisClientInfo } from './redis-client-list.js';

/** With its rights: see docs/ACL.md. */
const DEFAULT_OFF = 'default off ~* &* +@all';

const START_TIMEOUT_MS = 10_000;

/** Said by a server, and by a sentinel. */
const READY = /Ready to accept connections|Sentinel ID is/;

/**
 * A private redis-server on a port of its own, in a directory of its own, that can be frozen, killed and brought back.
 * The binary is `REDIS_SERVER_BIN`, else `redis-server`. What a test forgets to stop is stopped after its spec file.
 */
export class RedisTestServer implements TestResource {
  readonly host = '127.0.0.1';
  private readonly dir = mkdtempSync(join(tmpdir(), 'hub-redis-'));
  private child: ChildProcess | undefined;
  private held: RespConnection | undefined;

  private constructor(
    readonly port: number,
    private readonly options: RedisTestServerOptions,
  ) {}

  static async start(options: RedisTestServerOptions = {}): Promise<RedisTestServer> {
    const server = track(new RedisTestServer(options.port ?? (await freePort()), asThisRun(options)));
    try {
      await server.launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** `redis://` or `rediss://`, with the password if one was given. */
  get url(): string {
    return `${this.options.tls ? 'rediss' : 'redis'}://${this.login}${this.host}:${this.port}`;
  }

  /** As whom `url` logs in. */
  get user(): string {
    return this.options.user ?? 'default';
  }

  /** User and password as part of a URL, empty where none is needed. */
  get login(): string {
    const { user, password } = this.options;
    return password === undefined ? '' : `${user ?? ''}:${encodeURIComponent(password)}@`;
  }

  /** The server's unix socket; the test's own questions go there. */
  get socketPath(): string {
    return join(this.dir, 'socket');
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether there is a process, frozen or not. */
  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Stops the process without ending it (SIGSTOP): its sockets stay open, new ones are accepted by the kernel, nothing answers. */
  async freeze(): Promise<void> {
    this.signal('SIGSTOP');
    await this.untilProcessState((state) => state === 'T');
  }

  /** Lets a frozen server go on, and waits for its answer. */
  async thaw(): Promise<void> {
    this.signal('SIGCONT');
    await this.command('PING');
  }

  /** Ends the process (SIGKILL, or SIGTERM for an orderly shutdown) and keeps port and data for {@link restart}. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.child;
    if (!child || !this.isRunning) return;
    const ended = deferred();
    child.once('exit', () => ended.resolve());
    child.kill(signal);
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    await withDeadline(ended.promise, { what: 'end of redis-server' });
  }

  /**
   * Comes back on the same port and directory, as configured at the start, and with more lines of configuration where
   * given; kills first where it still runs.
   */
  async restart(...config: string[]): Promise<void> {
    await this.kill();
    await this.launch(config);
  }

  /** From now on the test's own questions go over one socket that stays open, for a server that takes no new one. */
  async hold(): Promise<void> {
    this.held ??= await this.connect();
  }

  /** Ends it for good, frozen or not, and removes what it wrote. */
  async stop(): Promise<void> {
    this.held?.close();
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
    if (this.options.port === undefined) releasePort(this.port);
    untrack(this);
  }

  /** Asks the server over a short-lived socket, as a user that no ACL of the test touches. */
  async command(...args: (string | number)[]): Promise<RespReply> {
    if (this.held) return this.held.call(...args);
    const probe = await this.connect();
    try {
      return await probe.call(...args);
    } finally {
      probe.close();
    }
  }

  /** A probe that stays open, for tests in which the server will take no new connection. Close it. */
  async connect(): Promise<RespConnection> {
    const probe = await RespConnection.open({ path: this.socketPath });
    try {
      await probe.call('AUTH', PROBE_USER, PROBE_PASSWORD);
    } catch (error) {
      probe.close();
      throw error;
    }
    return probe;
  }

  /** CLIENT LIST without the probe itself. */
  async clients(): Promise<RedisClientInfo[]> {
    return parseClientList(String(await this.command('CLIENT', 'LIST'))).filter((client) => client.user !== PROBE_USER);
  }

  async clientCount(): Promise<number> {
    return (await this.clients()).length;
  }

  private async launch(more: readonly string[] = []): Promise<void> {
    const binary = process.env['REDIS_SERVER_BIN'] ?? 'redis-server';
    const file = join(this.dir, 'redis.conf');
    const options = { ...this.options, config: [...(this.options.config ?? []), ...more] };
    writeFileSync(file, redisConfig(this.dir, this.socketPath, this.port, options), { mode: 0o600 });
    const child = spawn(binary, [file, ...(this.options.args ?? [])], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const log: string[] = [];
    const ready = deferred();
    const listen = (chunk: Buffer): void => {
      log.push(chunk.toString());
      if (READY.test(log.join(''))) ready.resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', ready.reject);
    child.once('exit', () => ready.reject(new Error(`${binary} ended at its start:\n${log.join('')}`)));
    await withDeadline(ready.promise, { timeoutMs: START_TIMEOUT_MS, what: `start of ${binary} on port ${this.port}` });
    child.stdout.off('data', listen).resume();
    await this.command('PING');
  }

  private signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.child?.kill(signal)) throw new Error(`redis-server on port ${this.port} does not run`);
  }

  /** A signal is delivered a little after it was sent; /proc says when it has been. */
  private async untilProcessState(accept: (state: string | undefined) => boolean): Promise<void> {
    if (process.platform !== 'linux') return;
    const stat = `/proc/${this.pid}/stat`;
    await eventually(() => accept(/\) (\w)/.exec(readFileSync(stat, 'utf8'))?.[1]), {
      intervalMs: 1,
      what: 'process state',
    });
  }
}

/** In a run as a user of the documentation, that user is the only one; a test that has users of its own keeps them. */
function asThisRun(options: RedisTestServerOptions): RedisTestServerOptions {
  const user = userOfThisRun();
  if (user === undefined || options.password !== undefined || options.acl !== undefined) return options;
  return { ...options, user: user.name, password: user.password, acl: [user.rules.join(' '), DEFAULT_OFF] };
}
