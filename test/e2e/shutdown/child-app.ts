import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { CompiledLib } from '../../contract/connection/compiled-lib.js';
import { withDeadline } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

/**
 * A web app with every consumer. By `close` it closes itself on SIGTERM and then has to end for want of anything to do;
 * by `hooks` it leaves that to Nest. A burst of calls is under way when the signal comes.
 */
const SCRIPT = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BullModule, Processor, WorkerHost, getQueueToken } from '@nestjs/bullmq';
const [lib, driver, url, mode] = process.argv.slice(2);
const load = (file) => import(lib + file);
const { RedisModule, RedisService } = await load('index.js');
const { SessionModule, SessionStore } = await load('session/index.js');
const { ContextModule, ContextCache } = await load('context/index.js');
const { QueueConnectionModule, QueueConnection } = await load('bullmq/index.js');
const { RedisHealthModule } = await load('health/index.js');
for (const event of ['uncaughtException', 'unhandledRejection', 'warning']) {
  process.on(event, (error) => console.log('complaint', event, String(error?.stack ?? error)));
}
class Work extends WorkerHost {
  async process(job) {
    console.log('working', job.data.n);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
Processor('work', { concurrency: 4 })(Work);
class AppModule {}
Module({
  imports: [
    RedisModule.forRoot({
      driver, url, boot: mode === 'boot' ? 'fail-fast' : 'degrade',
      commandTimeoutMs: 300, watchdogIntervalMs: 300, shutdownTimeoutMs: 3000,
    }),
    SessionModule.forRoot({ ttlMs: 600_000 }),
    ContextModule.forRoot({ maxMessages: 10_000, ttlMs: 600_000 }),
    BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
    BullModule.registerQueue({ name: 'work' }),
    RedisHealthModule,
  ],
  providers: [Work],
})(AppModule);
console.log('booting');
const app = await NestFactory.create(AppModule, { logger: false });
const redis = app.get(RedisService);
const sessions = app.get(SessionStore);
const context = app.get(ContextCache);
const queue = app.get(getQueueToken('work'));
queue.on('error', () => undefined);
const actions = {
  session: (n) => sessions.set('s' + n, { n }),
  message: (n) => context.append('c', { role: 'user', content: 'm' + n, id: 'm' + n }),
  job: (n) => queue.add('job', { n }, { jobId: 'job-' + n }),
};
for (const [name, action] of Object.entries(actions)) {
  app.getHttpAdapter().get('/' + name + '/:n', (request, response) => {
    action(Number(request.params.n)).then(() => response.json({}), (error) => response.status(503).json({ kind: error.redisErrorKind }));
  });
}
let pending = 0;
const begin = (call) => {
  pending += 1;
  Promise.resolve().then(call).catch(() => undefined).finally(() => { pending -= 1; });
};
process.prependListener('SIGTERM', () => {
  for (let n = 0; n < 20; n++) {
    begin(() => redis.commands.get('k'));
    begin(() => sessions.get('s' + n));
    begin(() => context.read('c'));
    begin(() => redis.ensureReadyClient());
    begin(() => queue.getJobCounts());
  }
});
redis.state$.subscribe(({ to }) => console.log('state', to));
if (mode === 'close') {
  process.once('SIGTERM', () => void app.close().then(() => console.log('closed')));
} else app.enableShutdownHooks();
process.on('exit', () => console.log('pending', pending));
await app.init();
app.get(Work).worker.on('error', () => undefined);
await app.listen(0, '127.0.0.1');
console.log('listening', app.getHttpServer().address().port);
console.log('state', redis.state);
`;

/** How the app comes to its end; see the script. */
export type ChildMode = 'close' | 'hooks' | 'boot';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly elapsedMs: number;
  readonly output: string;
}

/** Such an app in a process of its own, stopped by a signal. */
export class ChildApp implements TestResource {
  private output = '';
  private readonly ended: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output += bytes.toString();
        child.emit('heard');
      });
    }
  }

  static async start(lib: CompiledLib, driver: string, url: string, mode: ChildMode): Promise<ChildApp> {
    const script = lib.path('child-app.mjs');
    await writeFile(script, SCRIPT);
    const args = [script, `${lib.path('')}/`, driver, url, mode];
    return track(new ChildApp(spawn(process.execPath, args, { stdio: 'pipe' })));
  }

  async until(text: string | RegExp): Promise<string> {
    const match = (): string | undefined => new RegExp(text).exec(this.output)?.[0];
    const heard = async (): Promise<string> => {
      for (;;) {
        const found = match();
        if (found !== undefined) return found;
        await Promise.race([once(this.child, 'heard'), this.ended.then(() => Promise.reject(new Error(this.output)))]);
      }
    };
    return withDeadline(heard(), { timeoutMs: 15_000, what: `${String(text)} in the output` }).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.output}`);
    });
  }

  /** Asks the app for something; whether it was acknowledged. */
  async ask(path: string): Promise<boolean> {
    const port = (await this.until(/listening \d+/)).slice('listening '.length);
    return new Promise<boolean>((resolve) => {
      // On a connection of its own: one that is kept alive and used would keep the web server from closing.
      const request = get({ host: '127.0.0.1', port, path: `/${path}`, agent: false }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode === 200));
        response.once('error', () => resolve(false));
      });
      request.once('error', () => resolve(false));
    });
  }

  /** Sends the signal, as often as told, and waits for the end. */
  async terminate(times = 1): Promise<ChildEnd> {
    const startedAt = performance.now();
    for (let time = 0; time < times; time++) {
      this.child.kill('SIGTERM');
      if (time + 1 < times) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [code, signal] = await withDeadline(this.ended, { timeoutMs: 12_000, what: `end after:\n${this.output}` });
    return {
      code: code as number | null,
      signal: signal as string | null,
      elapsedMs: performance.now() - startedAt,
      output: this.output,
    };
  }

  async stop(): Promise<void> {
    untrack(this);
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.kill('SIGKILL')) await this.ended;
  }
}
