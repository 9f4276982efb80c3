import { BullModule, getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { QueueConnection, QueueConnectionModule } from '../../../lib/bullmq/index.js';
import { HealthApp } from '../../contract/health/health-app.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { degradedHealth } from '../../support/terminus.js';

const DEGRADED = degradedHealth();
const MOST_BYTES = 100_000;

/** Of a machine that is busy with other things. */
const PATIENT = { commandTimeoutMs: 10_000, watchdogIntervalMs: 60_000 };

describeEachDriver('GET /health with limits', (driver) => {
  let server: RedisTestServer;
  let app: HealthApp;

  afterEach(async () => {
    await app.stop();
    await server.stop();
  });

  it('is 200 and degraded while PING takes longer than it may, or 503 where that is asked for', async () => {
    server = await RedisTestServer.start();
    const proxy = await TcpProxy.start(server);
    app = await HealthApp.start({ driver, url: proxy.url, ...PATIENT }, { maxLatencyMs: 500, timeoutMs: 10_000 });
    await eventually(async () => (await app.get()).redis.status === 'up');
    proxy.delay(300);
    const { code, status, redis } = await app.get();
    expect({ code, status }).toEqual({ code: 200, status: DEGRADED.status });
    expect(redis).toMatchObject({
      ...DEGRADED.redis,
      state: 'connected',
      message: expect.stringMatching(/^PING took [\d.]+ ms, more than 500 \(maxLatencyMs\)\.$/),
      exceeded: [{ option: 'maxLatencyMs', limit: 500, value: redis.latencyMs }],
    });
    expect(redis).not.toHaveProperty('error');
    expect(await app.check({ whenExceeded: 'down' })).toMatchObject({ status: 'down' });
    expect(await app.check({ maxLatencyMs: 60_000 })).toMatchObject({ status: 'up' });
    await proxy.stop();
  });

  it('is degraded while a replica is too far behind, in bytes or in seconds', async () => {
    server = await RedisTestServer.start({ config: ['repl-diskless-sync-delay 0'] });
    const replica = await RedisTestServer.start({ config: [`replicaof ${server.host} ${server.port}`] });
    app = await HealthApp.start({ driver, url: server.url, ...PATIENT }, { maxReplicationLagBytes: MOST_BYTES });
    await eventually(async () => (await app.get()).redis.replication?.lagBytes !== undefined);
    expect(await app.get()).toMatchObject({ code: 200, redis: { status: 'up', replication: { replicas: 1 } } });

    await replica.freeze();
    await server.command('SET', 'large', 'x'.repeat(2 * MOST_BYTES));
    const { code, redis } = await app.get();
    expect({ code, redis }).toMatchObject({
      code: 200,
      redis: { ...DEGRADED.redis, exceeded: [{ option: 'maxReplicationLagBytes', limit: MOST_BYTES }] },
    });
    expect(redis.replication?.lagBytes).toBeGreaterThan(2 * MOST_BYTES);
    const silent = { maxReplicationLagBytes: 10 * MOST_BYTES, maxReplicationLagSeconds: 1 };
    expect(await eventually(async () => (await app.check(silent)).exceeded)).toMatchObject([
      { option: 'maxReplicationLagSeconds', limit: 1 },
    ]);

    await replica.thaw();
    await eventually(async () => (await app.get()).redis.status === 'up');
    await replica.stop();
  });

  it('is degraded on a replica whose master is gone, and says for how long', async () => {
    const master = await RedisTestServer.start({ config: ['repl-diskless-sync-delay 0'] });
    server = await RedisTestServer.start({ config: [`replicaof ${master.host} ${master.port}`] });
    await eventually(async () => /link_status:up/.test(String(await server.command('INFO', 'replication'))));
    app = await HealthApp.start({ driver, url: server.url, ...PATIENT }, { maxReplicationLagSeconds: 1 });
    await master.stop();
    expect(await eventually(async () => (await app.get()).redis.exceeded && app.get())).toMatchObject({
      code: 200,
      redis: { ...DEGRADED.redis, error: 'read-only', exceeded: [{ option: 'maxReplicationLagSeconds', limit: 1 }] },
    });
  });

  it('is degraded while too many jobs wait, counted on the one socket, and answers when they cannot be', async () => {
    server = await RedisTestServer.start();
    app = await HealthApp.start({ driver, url: server.url, ...PATIENT }, { maxQueueBacklog: 2 }, [
      BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
      BullModule.registerQueue({ name: 'mail' }, { name: 'jobs' }),
    ]);
    const [mail, jobs] = ['mail', 'jobs'].map((name) => app.find<Queue>(getQueueToken(name))) as [Queue, Queue];
    for (const queue of [mail, jobs]) queue.on('error', () => undefined);
    await mail.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {}, opts: { priority: 5 } },
    ]);
    await mail.add('later', {}, { delay: 3_600_000 });
    const both = { queues: [mail, jobs] };
    expect(await app.check(both)).toMatchObject({
      status: 'up',
      queues: [
        { name: 'mail', backlog: 2 },
        { name: 'jobs', backlog: 0 },
      ],
    });
    await mail.add('c', {});
    await mail.pause();
    expect(await app.check(both)).toMatchObject({
      ...DEGRADED.redis,
      message: '3 jobs wait in the queue mail, more than 2 (maxQueueBacklog).',
      exceeded: [{ option: 'maxQueueBacklog', limit: 2, value: 3, queue: 'mail' }],
    });
    expect(await server.clientCount()).toBe(1);

    const frozen = { name: 'frozen', getJobCounts: () => new Promise<never>(() => undefined) };
    expect(await app.check({ queues: [frozen, jobs], timeoutMs: 300 })).toMatchObject({
      ...DEGRADED.redis,
      error: 'command-timeout',
      queues: [{ name: 'frozen', error: 'command-timeout' }, { name: 'jobs' }],
    });

    await app.during('reconnecting', () => server.kill());
    expect(await app.check(both)).toMatchObject({
      ...DEGRADED.redis, // of queues an app can do without
      message: expect.stringMatching(/^Redis is out, [^.]*\.$/),
      queues: [{ name: 'mail', error: expect.any(String) }, { name: 'jobs' }],
    });
    await app.during('connected', () => server.restart());
    expect(await app.check(both)).toMatchObject({ status: 'up' });
  });
});
