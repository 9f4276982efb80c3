import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { postgresBinaries, SERVER_IDENTITY } from './postgres-binaries.mjs';
import { run } from './run.mjs';
import { Stop } from './say.mjs';

const START_DEADLINE_MS = 15_000;
const STOP_DEADLINE_MS = 3_000;

/** A Postgres of our own: free port, temporary directory, gone with us. */
export class PrivatePostgres {
  #dir = mkdtempSync(join(tmpdir(), 'nestjs-redis-hub-postgres-'));
  #password = randomBytes(16).toString('hex');
  #programs;
  #child;

  constructor(port) {
    this.port = port;
    chmodSync(this.#dir, 0o711);
  }

  /** Rejects with a {@link Stop} that says why where none can be had here. */
  static async start() {
    const postgres = new PrivatePostgres(await freePort());
    try {
      await postgres.#make();
      await postgres.start();
    } catch (error) {
      await postgres.end();
      throw error;
    }
    return postgres;
  }

  get url() {
    return `postgres://postgres:${this.#password}@127.0.0.1:${this.port}/postgres`;
  }

  get pid() {
    return this.#child?.pid;
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it, again on the same port and data after {@link stop}. */
  async start() {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: 40,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // a process group of its own, so that Ctrl-C does not take the server away before the app has closed
    this.#child = spawn(this.#programs.postgres, ['-D', this.#data, ...args], {
      ...SERVER_IDENTITY,
      cwd: this.#data,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    await ready(this.#child);
    this.#child.stderr.resume();
  }

  /** Ends the process; its data stays for {@link start}. */
  async stop() {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT'); // "fast": the connections are ended, and the data is written
    const force = setTimeout(() => this.#child.kill('SIGQUIT'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(force);
  }

  /** Ends the process and removes what it wrote. */
  async end() {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  get #data() {
    return join(this.#dir, 'data');
  }

  async #make() {
    const { programs, reason } = await postgresBinaries(this.#dir);
    if (!programs) throw new Stop(reason);
    this.#programs = programs;
    const password = join(this.#dir, 'password');
    mkdirSync(this.#data, { mode: 0o700 });
    writeFileSync(password, this.#password, { mode: 0o600 });
    for (const path of [this.#data, password]) own(path);
    const flags = ['--auth=scram-sha-256', '--no-sync', '--locale=C', '--encoding=UTF8', '--no-instructions'];
    const args = ['-D', this.#data, '-U', 'postgres', `--pwfile=${password}`, ...flags];
    const status = await run(programs.initdb, args, { ...SERVER_IDENTITY, cwd: this.#data, isQuiet: true });
    rmSync(password);
    if (status !== 0) throw new Stop(`initdb ended with status ${status}`);
  }
}

function own(path) {
  const { uid, gid } = SERVER_IDENTITY;
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    const late = setTimeout(
      () => settle(() => reject(new Stop(`it did not start in time:\n${log}`))),
      START_DEADLINE_MS,
    );
    child.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      if (log.includes('ready to accept connections')) settle(resolve);
    });
    child.once('error', (error) => settle(() => reject(new Stop(`it cannot be started: ${error.message}`))));
    child.once('exit', () => settle(() => reject(new Stop(`it ended at its start:\n${log}`))));
    const settle = (act) => {
      clearTimeout(late);
      act();
    };
  });
}
