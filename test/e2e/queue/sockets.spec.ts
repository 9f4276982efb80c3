import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { getFlowProducerToken, getQueueToken } from '@nestjs/bullmq';
import type { FlowProducer, Queue } from 'bullmq';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, until } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { startQueueApp } from './queue-app.js';

const TWELVE = Array.from({ length: 12 }, (_, i) => `queue-${i}`);

describeEachDriver('the sockets of queues', (driver) => {
  let server: RedisTestServer;
  let sentinel: ProcessSentinel;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    sentinel = ProcessSentinel.start();
  });

  afterEach(async () => {
    await sentinel.assertQuiet();
    await sentinel.stop();
    await server.stop();
  });

  it('are one for the client, one a worker, one a QueueEvents; none for queues and flows; none after close', async () => {
    const app = await startQueueApp({ url: server.url, driver });
    const events = app.listen();
    await events.waitUntilReady();
    await app.worker.waitUntilReady();
    expect(app.redis.sockets).toEqual({ client: 1, 'queue-worker': 1, 'queue-events': 1 });
    expect(await server.clientCount()).toBe(3);

    const done = until(events, 'completed', { where: (event) => (event as { jobId: string }).jobId === 'parent' });
    const flow = app.app.get<FlowProducer>(getFlowProducerToken('flow'));
    await flow.add({
      name: 'parent',
      queueName: 'work',
      data: { n: 1 },
      opts: { jobId: 'parent' },
      children: [{ name: 'child', queueName: 'work', data: { n: 2 } }],
    });
    await done;
    expect(new Set(app.log.runs.keys())).toEqual(new Set([1, 2]));
    expect(await server.clientCount()).toBe(3);

    await app.close();
    await eventually(async () => (await server.clientCount()) === 0, { what: 'no socket left' });
  });

  it('stay one for twelve queues, without a warning, and closing one queue leaves the rest alive', async () => {
    const app = await startQueueApp({ url: server.url, driver }, TWELVE);
    await app.worker.waitUntilReady();
    const queues = TWELVE.map((name) => app.app.get<Queue>(getQueueToken(name)));
    await Promise.all(queues.map((queue) => queue.add('job', {})));
    expect(await server.clientCount()).toBe(2);
    await queues[0]?.close();
    await queues[1]?.add('job', {});
    expect(await queues[1]?.getWaitingCount()).toBe(2);
    expect(await app.redis.ping()).toBeGreaterThan(0);
    await app.close();
    await eventually(async () => (await server.clientCount()) === 0, { what: 'no socket left' });
  });

  it('are found by name: getWorkers sees the worker, also on its next socket', async () => {
    const app = await startQueueApp({ url: server.url, driver });
    await app.worker.waitUntilReady();
    await eventually(async () => (await app.queue.getWorkers()).length === 1, { what: 'a worker by name' });
    await server.restart();
    await eventually(async () => (await app.queue.getWorkers()).length === 1, { what: 'a worker by name again' });
    await app.close();
  });
});
