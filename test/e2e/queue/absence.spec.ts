import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';
import { Worker } from 'bullmq';
import { RedisModule } from '../../../lib/redis.module.js';
import { freePort } from '../../support/free-port.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { startQueueApp } from './queue-app.js';

describeEachDriver('a queue without Redis', (driver) => {
  let sentinel: ProcessSentinel;

  beforeEach(() => {
    sentinel = ProcessSentinel.start();
  });

  afterEach(async () => {
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it('while it is off: producers reject, workers stay idle and close, and nobody dials', async () => {
    let dialled = 0;
    const count = (): void => void dialled++;
    subscribe('net.client.socket', count);
    try {
      const app = await startQueueApp({ enabled: false, url: 'redis://127.0.0.1:6379', driver });
      await expect(app.queue.add('job', { n: 1 })).rejects.toMatchObject({ redisErrorKind: 'disabled' });
      await expect(app.queue.addBulk([{ name: 'job', data: { n: 1 } }])).rejects.toMatchObject({
        redisErrorKind: 'disabled',
      });
      await app.close();
    } finally {
      unsubscribe('net.client.socket', count);
    }
    expect(dialled).toBe(0);
  });

  it('while it is off: a worker closes by hand, too, and at any time of a slow shutdown', async () => {
    const app = await startQueueApp({ enabled: false, driver });
    const worker = new Worker('other', () => Promise.resolve(), { connection: app.connection.connection });
    await withDeadline(worker.close(), { what: 'the close of a worker', timeoutMs: 3_000 });
    app.app.get(RedisModule).beforeApplicationShutdown();
    // Longer than the pauses of the worker's loop: it is in a wait that began after shutdown did.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await withDeadline(app.close(), { what: 'the close of the app', timeoutMs: 3_000 });
  });

  it('lost: a worker closes by hand within 3 s, without a shutdown', async () => {
    const server = await RedisTestServer.start();
    const app = await startQueueApp({ url: server.url, driver });
    const worker = new Worker('other', () => Promise.resolve(), { connection: app.connection.connection });
    worker.on('error', () => undefined);
    await worker.waitUntilReady();
    await server.kill();
    await app.queue.add('job', { n: 1 }).catch(() => undefined);
    await withDeadline(worker.close(), { what: 'the close of a worker', timeoutMs: 3_000 });
    await server.restart();
    await app.redis.ensureReadyClient();
    await app.queue.add('job', { n: 2 });
    await eventually(() => app.log.runs.has(2), { what: 'the other worker to go on' });
    await app.close();
    await server.stop();
  });

  it('frozen: a queue that asks for the version of the server goes without the answer', async () => {
    const server = await RedisTestServer.start();
    const app = await startQueueApp({ url: server.url, driver, commandTimeoutMs: 200, shutdownTimeoutMs: 500 });
    const blocking = app.connection.connection.duplicate();
    await blocking.connect();
    await server.freeze();
    const asked = [app.connection.connection.info(), blocking.info()];
    blocking.disconnect(); // as a worker does that is closed while it begins
    for (const info of await Promise.all(asked)) expect(info).toContain('redis_version:');
    await app.close();
    await server.stop();
  });

  it('at start: producers reject at once, and everything works when it comes', async () => {
    const port = await freePort();
    const app = await startQueueApp({ url: `redis://127.0.0.1:${port}`, driver, boot: 'degrade' });
    const startedAt = performance.now();
    await expect(app.queue.add('job', { n: 1 })).rejects.toMatchObject({
      redisErrorKind: 'unavailable',
      code: 'ECONNREFUSED',
    });
    expect(performance.now() - startedAt).toBeLessThan(500);

    const server = await RedisTestServer.start({ port, acl: [] });
    await app.redis.ensureReadyClient();
    await app.queue.add('job', { n: 2 });
    await eventually(() => app.log.runs.has(2), { what: 'the job to run' });
    await app.close();
    await server.stop();
  });

  it.each(['killed', 'frozen'] as const)('closes within 3 s when it was %s with jobs at work', async (how) => {
    const server = await RedisTestServer.start();
    const app = await startQueueApp({ url: server.url, driver, shutdownTimeoutMs: 1_500 });
    const started = deferred();
    app.log.work = () => {
      started.resolve();
      return new Promise((resolve) => setTimeout(resolve, 200));
    };
    await app.queue.add('job', { n: 1 });
    await started.promise;
    await (how === 'killed' ? server.kill() : server.freeze());
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(app.redis.state).toBe('closed');
    await server.stop();
  });

  it('finishes the job at work before it closes a healthy one', async () => {
    const server = await RedisTestServer.start();
    const app = await startQueueApp({ url: server.url, driver });
    const started = deferred();
    app.log.work = () => {
      started.resolve();
      return new Promise((resolve) => setTimeout(resolve, 300));
    };
    const job = await app.queue.add('job', { n: 1 });
    await started.promise;
    await app.close();
    expect(await server.command('ZSCORE', 'bull:work:completed', String(job.id))).not.toBeNull();
    expect(await server.clientCount()).toBe(0);
    await server.stop();
  });
});
