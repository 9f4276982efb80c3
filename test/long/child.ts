import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { deferred, withDeadline } from '../support/eventually.js';

const ANSWER_MS = 60_000;

/** A process under observation: asked over its channel, its output read line by line. */
export class LongChild {
  /** Lines that it wrote, on standard output and standard error. */
  lines = 0;
  /** The same, digits left out: how often it said what. */
  readonly said = new Map<string, number>();
  private readonly process: ChildProcess;
  private readonly ended: Promise<unknown[]>;

  constructor(script: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const env = { ...process.env, NO_COLOR: '1' };
    this.process = fork(path, args, { env, execArgv: ['--expose-gc'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.ended = once(this.process, 'exit');
    for (const stream of [this.process.stdout, this.process.stderr]) stream?.on('data', this.read);
  }

  /** Resolves when it said for the first time that it is there. */
  async ready(): Promise<this> {
    await this.answer();
    return this;
  }

  async ask<T>(command: string): Promise<T> {
    this.process.send(command);
    return (await this.answer()) as T;
  }

  /** Tells it to close. @returns its exit code */
  async close(): Promise<unknown> {
    this.process.send('close');
    const [code] = await withDeadline(this.ended, { timeoutMs: ANSWER_MS, what: 'the end of the process' });
    return code;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private async answer(): Promise<unknown> {
    const died = deferred<never>();
    const onExit = (code: number | null): void => died.reject(new Error(`The process ended with ${code}`));
    this.process.once('exit', onExit);
    try {
      const answered = Promise.race([once(this.process, 'message'), died.promise]);
      const [message] = await withDeadline(answered, { timeoutMs: ANSWER_MS, what: 'the answer of the process' });
      return message as unknown;
    } finally {
      this.process.off('exit', onExit);
      died.promise.catch(() => undefined);
    }
  }

  private readonly read = (chunk: Buffer): void => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      this.lines += 1;
      const plain = line.replaceAll(/\d+/g, '#');
      this.said.set(plain, (this.said.get(plain) ?? 0) + 1);
    }
  };
}
