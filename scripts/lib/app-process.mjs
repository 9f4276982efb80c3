import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './run.mjs';

const STOP_DEADLINE_MS = 10_000;
const POLL_MS = 100;

/** A Node app of ours, started and ended with us. */
export class AppProcess {
  #child;

  constructor(file, env) {
    // a process group of its own: the signal comes from us, once, and not from the terminal as well
    this.#child = spawn(process.execPath, ['--enable-source-maps', file], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    /** Its exit status, once it has ended. */
    this.ended = once(this.#child, 'exit').then(([code]) => code ?? 1);
  }

  /** True when it listens on the port, false when it ended before. */
  async listening(port) {
    const ended = this.ended.then(() => true);
    for (;;) {
      if (await accepts(port)) return true;
      if (await Promise.race([ended, sleep(POLL_MS, false)])) return false;
    }
  }

  /** Asks it to shut down; false where it did not and had to be ended by force. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return true;
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.ended;
    clearTimeout(force);
    return this.#child.signalCode !== 'SIGKILL';
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
