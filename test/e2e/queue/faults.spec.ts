import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { getFlowProducerToken } from '@nestjs/bullmq';
import { Queue, Worker, type FlowProducer } from 'bullmq';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { startQueueApp, type QueueApp } from './queue-app.js';

const PAYLOAD = 'PAYLOAD-SECRET';

describeEachDriver('a queue at a bad moment', (driver) => {
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let sentinel: ProcessSentinel;
  let app: QueueApp | undefined;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
    sentinel = ProcessSentinel.start();
  });

  const start = async (options: RedisModuleOptions): Promise<QueueApp> => {
    app = await startQueueApp({ driver, ...options });
    return app;
  };

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await sentinel.assertQuiet();
    await sentinel.stop();
    await proxy.stop();
    await server.stop();
  });

  it('made while a server does not answer, works when it does', async () => {
    const { connection } = await start({ url: server.url, commandTimeoutMs: 150, watchdogIntervalMs: 200 });
    await server.freeze();
    const ran = deferred<undefined>();
    const worker = new Worker('late', () => Promise.resolve(ran.resolve(undefined)), {
      connection: connection.connection,
    });
    const queue = new Queue('late', { connection: connection.connection });
    worker.on('error', () => undefined);
    queue.on('error', () => undefined);
    await queue.add('job', {}).catch(() => undefined);
    await server.thaw();
    await eventually(() => queue.add('job', {}).then(() => true), { what: 'a job to be taken' });
    await withDeadline(ran.promise, { what: 'the job to run' });
    await worker.close();
    await queue.close();
  });

  it('full, refuses bulks and flows with our error, and shows no payload', async () => {
    const { app: nest, queue, worker } = await start({ url: server.url });
    await worker.close();
    const flow = nest.get<FlowProducer>(getFlowProducerToken('flow'));
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    const data = { n: 1, payload: PAYLOAD };
    const adds = [
      () => queue.add('job', data),
      () => queue.addBulk([{ name: 'job', data }]),
      () => flow.add({ name: 'job', queueName: 'work', data, children: [{ name: 'child', queueName: 'work', data }] }),
    ];
    for (const add of adds) {
      const error: unknown = await add().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'RedisError', redisErrorKind: 'out-of-memory' });
      expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(PAYLOAD);
    }
  });

  it('whose scripts were flushed, takes bulks and flows all the same', async () => {
    const { app: nest, queue, log } = await start({ url: server.url });
    const flow = nest.get<FlowProducer>(getFlowProducerToken('flow'));
    await queue.addBulk([{ name: 'job', data: { n: 1 } }]);
    await flow.add({ name: 'job', queueName: 'work', data: { n: 2 } });
    await server.command('SCRIPT', 'FLUSH');
    await queue.addBulk([{ name: 'job', data: { n: 3 } }]);
    await server.command('SCRIPT', 'FLUSH');
    await flow.add({ name: 'job', queueName: 'work', data: { n: 4 } });
    await server.command('SCRIPT', 'FLUSH');
    // The parent's script is new to ioredis, which sends its source; that of the child it takes for known.
    const child = { name: 'job', queueName: 'work', data: { n: 5 } };
    await flow.add({ name: 'job', queueName: 'work', data: { n: 6 }, children: [child] });
    await eventually(() => log.runs.size === 6, { what: 'all jobs to run' });
    expect(log.runTwice).toEqual([]);
  });

  it('whose scripts were flushed, lets no parent go before its child is there', async () => {
    const { app: nest, queue, worker } = await start({ url: server.url });
    await worker.close();
    const flow = nest.get<FlowProducer>(getFlowProducerToken('flow'));
    // From here on the driver takes the child's script for known.
    await queue.addBulk([{ name: 'job', data: { n: 1 } }]);
    const child = { name: 'job', queueName: 'work', data: { n: 2 } };
    for (const time of ['first', 'second']) {
      await server.command('SCRIPT', 'FLUSH');
      const { job } = await flow.add({ name: time, queueName: 'work', data: { n: 3 }, children: [child] });
      expect(await job.getState()).toBe('waiting-children');
    }
  });

  it.each(['$5\r\nhello\r\n', ':42\r\n', '*1\r\n$3\r\nfoo\r\n'])(
    'whose events meet the stray reply %j, goes on',
    async (stray) => {
      const { queue, redis, listen } = await start({ url: proxy.url, watchdogIntervalMs: 200 });
      const events = listen();
      const seen = new Set<string>();
      events.on('completed', ({ jobId }) => seen.add(jobId));
      await events.waitUntilReady();
      await queue.add('job', { n: 0 }, { jobId: 'first' });
      await eventually(() => seen.has('first'), { what: 'the first event' });
      proxy.inject(stray);
      await eventually(() => redis.ping().then(() => redis.sockets['queue-events'] === 1), {
        what: 'new sockets',
      });
      let n = 0;
      await eventually(
        async () => {
          const jobId = `later-${++n}`;
          await queue.add('job', { n }, { jobId });
          return [...seen].some((id) => id.startsWith('later-'));
        },
        { what: 'a later event', timeoutMs: 15_000, intervalMs: 100 },
      );
    },
  );
});
