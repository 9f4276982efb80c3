import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deferred, withDeadline } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { readPage } from './markdown.js';
import { ROOT } from './repository.js';

const exec = promisify(execFile);
const BOOT_MS = 30_000;

/** A reader's own compiler settings. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    noEmitOnError: true,
    types: ['node'],
    rootDir: '.',
    outDir: 'out',
  },
};

/** How an app ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * The files of README.md, or of another page, in a folder of their own, compiled and run. The folder is below build/, so that the package's
 * name leads to dist/ as it leads to node_modules elsewhere.
 */
export class ReadmeApp implements TestResource {
  private child: ChildProcess | undefined;
  private port: number | undefined;
  private ended: Promise<Ending> | undefined;
  private output = '';

  private constructor(private readonly dir: string) {}

  /** Writes each block of the page that says which file it is, and the files given besides. */
  static create(besides: Readonly<Record<string, string>>, page = 'README.md'): ReadmeApp {
    mkdirSync(join(ROOT, 'build'), { recursive: true });
    const app = track(new ReadmeApp(mkdtempSync(join(ROOT, 'build', 'readme-'))));
    const files = { ...readmeFiles(page), ...besides, 'tsconfig.json': JSON.stringify(TSCONFIG) };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(app.dir, name), content);
    return app;
  }

  /** What the compiler says; nothing when all is well. */
  async compile(): Promise<string> {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    try {
      await exec(process.execPath, [tsc, '-p', this.dir], { cwd: this.dir });
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  /** Runs a compiled file to its end and gives what it wrote. */
  async run(file: string, env: Readonly<Record<string, string>>): Promise<string> {
    const options = { cwd: this.dir, env: this.env(env), timeout: BOOT_MS };
    const { stdout } = await exec(process.execPath, [join('out', file)], options);
    return stdout.trim();
  }

  /** Starts a compiled file with PORT set, until it writes that it listens. */
  async start(file: string, env: Readonly<Record<string, string>>): Promise<void> {
    this.port = await freePort();
    const child = spawn(process.execPath, [join('out', file)], {
      cwd: this.dir,
      env: this.env({ ...env, PORT: String(this.port) }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const listening = deferred();
    const listen = (chunk: Buffer): void => {
      this.output += chunk.toString();
      if (/^listening$/m.test(this.output)) listening.resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    this.ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    const failed = this.ended.then(() => Promise.reject(new Error(`${file} ended at its start:\n${this.output}`)));
    await withDeadline(Promise.race([listening.promise, failed]), { timeoutMs: BOOT_MS, what: `start of ${file}` });
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  /** Everything that it wrote. */
  get log(): string {
    return this.output;
  }

  /** Asks it to end, as a process manager does. */
  async terminate(): Promise<Ending> {
    if (!this.child || !this.ended) throw new Error('Nothing was started');
    this.child.kill('SIGTERM');
    return withDeadline(this.ended, { timeoutMs: 10_000, what: 'end of the app' });
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await this.ended;
    }
    if (this.port !== undefined) releasePort(this.port);
    rmSync(this.dir, { recursive: true, force: true });
    untrack(this);
  }

  /** Ours, without what this machine says about Redis. */
  private env(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(REDIS_|NODE_OPTIONS$)/.test(name));
    return { ...Object.fromEntries(inherited), ...own };
  }
}

/** The files of a page by their name: TypeScript blocks after a comment `file: NAME`. */
export function readmeFiles(page = 'README.md'): Record<string, string> {
  const blocks = readPage(page).blocks.filter(({ language }) => language === 'ts');
  return Object.fromEntries(
    blocks.map(({ note = '', code }) => {
      const [, name] = /^file: (\S+)$/.exec(note) ?? [];
      if (name === undefined) throw new Error(`A block of ${page} says no file name:\n${code}`);
      return [name, code];
    }),
  );
}
