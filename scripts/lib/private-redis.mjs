import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { Stop } from './say.mjs';

const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3_000;

/** A redis-server of our own: free port, temporary directory, gone with us. */
export class PrivateRedis {
  #dir = mkdtempSync(join(tmpdir(), 'nestjs-redis-hub-'));
  #child;

  constructor(binary, port) {
    this.binary = binary;
    this.port = port;
  }

  static async start(binary) {
    const redis = new PrivateRedis(binary, await freePort());
    try {
      await redis.start();
    } catch (error) {
      await redis.end();
      throw error;
    }
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#child?.pid;
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it, again on the same port and data after {@link stop}. */
  async start() {
    const args = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.#dir, '--save', '', '--appendonly', 'yes'];
    // a process group of its own, so that Ctrl-C does not take the server away before the app has closed
    this.#child = spawn(this.binary, args.map(String), { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    await ready(this.#child);
    this.#child.stdout.resume();
  }

  /** Ends the process; its data stays for {@link start}. */
  async stop() {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(force);
  }

  /** Ends the process and removes what it wrote. */
  async end() {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    const late = setTimeout(() => reject(new Stop(`redis-server did not start in time:\n${log}`)), START_DEADLINE_MS);
    child.stdout.on('data', (chunk) => {
      log = (log + chunk).slice(-10_000);
      if (log.includes('Ready to accept connections')) settle(resolve);
    });
    child.once('error', (error) => settle(() => reject(new Stop(`redis-server cannot be started: ${error.message}`))));
    child.once('exit', () => settle(() => reject(new Stop(`redis-server ended at its start:\n${log}`))));
    const settle = (act) => {
      clearTimeout(late);
      act();
    };
  });
}
