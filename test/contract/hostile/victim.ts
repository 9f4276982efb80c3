import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { deferred, withDeadline } from '../../support/eventually.js';
import type { Deferred } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { CompiledLib } from '../connection/compiled-lib.js';

/** Samples its memory often, answers each line it is given with one line, and tells of what nobody caught. */
const SCRIPT = `
import { createInterface } from 'node:readline';
const [factory, driver, address] = process.argv.slice(2);
const { RedisClientFactory } = await import(factory);
const complaints = [];
for (const event of ['uncaughtException', 'unhandledRejection', 'warning']) {
  process.on(event, (error) => complaints.push(event + ': ' + String(error?.stack ?? error).slice(0, 2000)));
}
let peak = 0;
const sample = () => { peak = Math.max(peak, process.memoryUsage.rss()); };
setInterval(sample, 5).unref();
const options = {
  driver, ...JSON.parse(address), boot: 'degrade',
  commandTimeoutMs: 200, connectTimeoutMs: 1500, watchdogIntervalMs: 100, shutdownTimeoutMs: 1000,
};
let redis;
const run = {
  open: async () => { redis = await RedisClientFactory.create(options); return 'opened'; },
  connect: (timeoutMs) => redis.ensureReadyClient({ timeoutMs }).then(() => 'connected'),
  get: (key) => redis.commands.get(key),
  close: () => redis.close().then(() => 'closed'),
  remember: () => { peak = process.memoryUsage.rss(); return peak; },
  memory: () => { sample(); return peak; },
  complaints: () => complaints.splice(0),
  polluted: () => Object.keys(Object.prototype).length + Number('polluted' in {}),
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, name, argument } = JSON.parse(line);
  const startedAt = performance.now();
  const told = await Promise.resolve().then(() => run[name](argument)).then(
    (value) => ({ value: value ?? null }),
    ({ name, redisErrorKind, outcome, message }) => ({ error: { name, redisErrorKind, outcome, message } }),
  );
  console.log(JSON.stringify({ id, ms: performance.now() - startedAt, ...told }));
});
`;

export interface Told {
  readonly ms: number;
  readonly value?: unknown;
  readonly error?: { readonly name?: string; readonly redisErrorKind?: string; readonly message: string };
}

/** A process with one connection, to be attacked. */
export class Victim implements TestResource {
  private readonly waiting = new Map<number, Deferred<Told>>();
  private readonly stderr: string[] = [];
  private asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly lib: CompiledLib,
  ) {
    child.stderr?.on('data', (bytes: Buffer) => this.stderr.push(bytes.toString()));
    child.once('exit', () => {
      for (const reply of this.waiting.values()) reply.reject(new Error(`The process ended: ${this.stderr.join('')}`));
    });
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.take(line));
  }

  /** @param address where it connects to, as options */
  static async start(driver: string, address: object): Promise<Victim> {
    const lib = await CompiledLib.create();
    await writeFile(lib.path('victim.mjs'), SCRIPT);
    const script = [lib.path('victim.mjs'), lib.path('redis-client.factory.js'), driver, JSON.stringify(address)];
    const child = spawn(process.execPath, ['--max-old-space-size=1024', ...script], { stdio: 'pipe' });
    return track(new Victim(child, lib));
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  ask(name: string, argument?: unknown): Promise<Told> {
    const id = (this.asked += 1);
    const reply = deferred<Told>();
    this.waiting.set(id, reply);
    this.child.stdin?.write(`${JSON.stringify({ id, name, argument })}\n`);
    return withDeadline(reply.promise, { timeoutMs: 10_000, what: `answer to ${name}` });
  }

  async stop(): Promise<void> {
    untrack(this);
    const ended = once(this.child, 'exit');
    if (this.isAlive && this.child.kill('SIGKILL')) await ended;
    await this.lib.stop();
  }

  private take(line: string): void {
    const told = JSON.parse(line) as Told & { readonly id: number };
    this.waiting.get(told.id)?.resolve(told);
    this.waiting.delete(told.id);
  }
}
