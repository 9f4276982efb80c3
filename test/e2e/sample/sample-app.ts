import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deferred, until, withDeadline } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ENTRY = 'build/sample/chat/main.js';
const ADDRESS = /listens on (http:\/\/127\.0\.0\.1:\d+)\//;
const START_TIMEOUT_MS = 20_000;

/** How a process ended. */
export interface SampleEnd {
  readonly code: number | null;
  readonly elapsedMs: number;
}

/** The built chat sample as a process of its own, on a free port. What a test forgets to stop is stopped after its file. */
export class SampleApp implements TestResource {
  private readonly heard = new EventEmitter<{ output: [] }>();
  private readonly ended = deferred<number | null>();
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => this.hear(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.hear(chunk));
    child.once('close', (code) => this.ended.resolve(code));
  }

  /** With these variables and none of this process' own for Redis, Postgres or a model. */
  static async start(env: Readonly<Record<string, string>>): Promise<SampleApp> {
    if (!existsSync(ROOT + ENTRY)) throw new Error(`${ENTRY} is not built; npm test builds it`);
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(REDIS|OPENAI|SESSION)_|^(PORT|HOST|DATABASE_URL)$/.test(name),
    );
    const child = spawn(process.execPath, ['--enable-source-maps', ENTRY], {
      cwd: ROOT,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const app = track(new SampleApp(child));
    const listens = until(app.heard, 'output', { where: () => app.url !== '', timeoutMs: START_TIMEOUT_MS });
    const ended = app.ended.promise.then((code) => {
      throw new Error(`The sample ended with ${code} at its start:\n${app.output}`);
    });
    await Promise.race([listens, ended]);
    ended.catch(() => undefined);
    return app;
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    return ADDRESS.exec(this.text)?.[1] ?? '';
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.text;
  }

  /** Sends the signal and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<SampleEnd> {
    const started = performance.now();
    this.child.kill(signal);
    const code = await withDeadline(this.ended.promise, { timeoutMs: 10_000, what: `end after ${signal}` });
    untrack(this);
    return { code, elapsedMs: performance.now() - started };
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended.promise;
    untrack(this);
  }

  private hear(chunk: Buffer): void {
    this.text += chunk.toString();
    this.heard.emit('output');
  }
}
