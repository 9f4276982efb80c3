import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Test } from '@nestjs/testing';
import { Queue } from 'bullmq';
import { QueueConnection } from '../../../lib/bullmq/queue.connection.js';
import { QueueConnectionModule } from '../../../lib/bullmq/queue-connection.module.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { RedisClientFactory } from '../../../lib/redis-client.factory.js';
import { eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestCluster } from '../../support/redis-cluster.js';
import { startLoad, startQueueApp } from './queue-app.js';

describe('queues on a cluster', () => {
  let cluster: RedisTestCluster;
  let sentinel: ProcessSentinel;

  beforeAll(async () => {
    cluster = await RedisTestCluster.start();
  });
  beforeEach(() => {
    sentinel = ProcessSentinel.start();
  });
  afterEach(async () => {
    await sentinel.assertQuiet();
    await sentinel.stop();
    await cluster.heal();
    await cluster.flush();
  });
  afterAll(() => cluster.stop());

  it('do every job once, with a prefix that keeps a queue in one slot', async () => {
    const app = await startQueueApp({ url: cluster.url, driver: 'ioredis' });
    for (let n = 0; n < 20; n += 1) await app.queue.add('job', { n });
    await eventually(() => app.log.runs.size === 20);
    expect(app.log.runTwice).toEqual([]);
    expect(app.queue.opts.prefix).toBe('{bull}');
    const owner = await cluster.masterOf('{bull}');
    expect(await owner.command('KEYS', '{bull}:work:*')).not.toEqual([]);
    await app.close();
    await eventually(async () => (await cluster.clientCount()) === 0);
    expect(app.log.errors).toEqual([]);
  });

  it('lose no job to the death of their master', async () => {
    const app = await startQueueApp({ url: cluster.url, driver: 'ioredis', watchdogIntervalMs: 300 });
    const load = startLoad(app.queue);
    await eventually(() => app.log.runs.size > 20);
    const dead = await cluster.masterOf('{bull}');
    await dead.kill();
    await eventually(() => load.rejections.length > 0);
    await cluster.untilReplaced(dead);
    const before = load.acknowledged.size;
    await eventually(() => load.acknowledged.size > before + 20, { timeoutMs: 15_000 });
    await load.stop();
    await eventually(() => [...load.acknowledged].every((n) => app.log.runs.has(n)), { timeoutMs: 15_000 });
    expect(app.log.runTwice).toEqual([]);
    await app.close();
  });

  it('are told of a prefix without a hash tag', async () => {
    const app = await startQueueApp({ url: cluster.url, driver: 'ioredis' });
    const queue = new Queue('astray', { connection: app.connection.connection });
    queue.on('error', () => undefined);
    await expect(queue.add('job', {})).rejects.toThrow(/hash tag, such as prefix: '\{bull\}'/);
    await queue.close();
    await app.close();
  });

  it('are refused at boot with node-redis, which BullMQ does not support', async () => {
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ url: cluster.url, driver: 'node-redis' }),
        BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
        BullModule.registerQueue({ name: 'work' }),
      ],
    }).compile();
    module.get<Queue>(getQueueToken('work')).on('error', () => undefined);
    await expect(module.init()).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('BullMQ does not support clusters with node-redis'),
    });
    // Nest 11 closes no app that failed to begin, and says so by the same error.
    await module.close().catch(() => module.get(RedisModule).onApplicationShutdown());
    await eventually(async () => (await cluster.clientCount()) === 0);
  });

  it('leave a connection without queues alone', async () => {
    const redis = await RedisClientFactory.create({ url: cluster.url, driver: 'node-redis' });
    expect(await redis.commands.set('x', 'y')).toBe(true);
    await redis.close();
  });
});
