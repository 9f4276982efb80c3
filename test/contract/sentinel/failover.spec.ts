import type { RedisConnection } from '../../../lib/connection/redis.connection.js';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import { SentinelGroup } from '../../support/sentinel-group.js';
import { Bench, nextChange } from '../connection/bench.js';
import { openBehind } from './open-behind.js';
import { subscribe } from './subscribe.js';

/** As it is by default: how soon a fail-over is noticed is what is looked at. */
const DEFAULTS = { watchdogIntervalMs: 1_000, commandTimeoutMs: 500, connectTimeoutMs: 10_000 } as const;

/** What the matrix of faults asks for, after the promotion. */
const BACK_MS = 5_000;

describeEachDriver('a fail-over', (driver) => {
  const bench = new Bench(driver);
  let group: SentinelGroup;
  let master: RedisTestServer;

  beforeAll(async () => {
    group = await SentinelGroup.start();
  });

  beforeEach(async () => {
    master = await group.heal();
  });

  afterAll(() => group.stop());

  const sentinelSockets = async (): Promise<number> => {
    const counts = await Promise.all(group.sentinels.map((sentinel) => sentinel.clientCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  /** Everything of a connection that has to survive: its client, its database, the subscriptions of its duplicates. */
  const open = async (): Promise<{ redis: RedisConnection; client: RedisClient; heard: string[] }> => {
    const redis = await openBehind(bench, { ...DEFAULTS, sentinel: group.address, db: 3 });
    const heard: string[] = [];
    await subscribe(await redis.duplicates.open('pubsub'), 'news', (message) => heard.push(message));
    return { redis, client: redis.getClient(), heard };
  };

  const expectBack = async (
    { redis, client, heard }: Awaited<ReturnType<typeof open>>,
    promoted: RedisTestServer,
  ): Promise<void> => {
    const promotedAt = performance.now();
    await eventually(() => redis.endpoint === `${promoted.host}:${promoted.port}`, { timeoutMs: BACK_MS });
    const key = `back:${promotedAt}`;
    await eventually(() => redis.commands.set(key, 'v'), { timeoutMs: BACK_MS, what: 'a write after the promotion' });
    const backMs = performance.now() - promotedAt;
    await eventually(async () => {
      await promoted.command('PUBLISH', 'news', key);
      return heard.includes(key);
    });
    console.log(`${driver}: written ${Math.round(backMs)} ms after the promotion`);
    expect(redis.getClient()).toBe(client);
    expect(redis.role).toBe('master');
    expect(redis.endpoint).toBe(`${promoted.host}:${promoted.port}`);
    const probe = await promoted.connect();
    await probe.call('SELECT', 3);
    expect(await probe.call('EXISTS', key)).toBe(1);
    probe.close();
    expect(redis.sockets).toEqual({ client: 1, sentinel: 1, pubsub: 1 });
    expect(await promoted.clientCount()).toBe(2);
    await eventually(async () => (await sentinelSockets()) === 1, { what: 'one socket to a sentinel' });
    await redis.close();
    await eventually(async () => (await promoted.clientCount()) === 0);
    await eventually(async () => (await sentinelSockets()) === 0);
  };

  it('after the master was killed leads to the new one', async () => {
    const it = await open();
    await master.kill();
    await expectBack(it, await group.promotedAfter(master));
  });

  it('after the master was frozen leads to the new one', async () => {
    const it = await open();
    await master.freeze();
    await expectBack(it, await group.promotedAfter(master));
  });

  it('that was forced leads to the new one, while the old one goes on to take writes', async () => {
    const it = await open();
    await expectBack(it, await group.failover());
  });

  it('that was forced loses nothing that was acknowledged two seconds after the promotion', async () => {
    const redis = await openBehind(bench, { ...DEFAULTS, sentinel: group.address });
    const acked: { readonly n: number; readonly at: number }[] = [];
    let isOver = false;
    const write = async (first: number): Promise<void> => {
      for (let n = first; !isOver; n += 4) {
        const done = await redis.commands.set(`load:${n}`, 'v').catch(() => false);
        if (done) acked.push({ n, at: performance.now() });
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const writers = [0, 1, 2, 3].map(write);
    const moved = nextChange(redis, 'reconnecting');
    const promoted = await group.failover();
    const promotedAt = performance.now();
    await moved;
    const noticedMs = performance.now() - promotedAt;
    await eventually(() => acked.some(({ at }) => at > promotedAt + 3_000));
    isOver = true;
    await Promise.all(writers);
    const probe = await promoted.connect();
    const stored = await Promise.all(acked.map(({ n }) => probe.call('EXISTS', `load:${n}`)));
    probe.close();
    const missing = acked.filter((_, index) => stored[index] !== 1);
    console.log(
      `${driver}: ${acked.length} acknowledged, ${missing.length} missing; noticed after ${Math.round(noticedMs)} ms`,
    );
    expect(missing.filter(({ at }) => at > promotedAt + 2_000)).toEqual([]);
    expect(acked.filter(({ at }) => at > promotedAt + 2_000).length).toBeGreaterThan(10);
  });

  it('is not undone when the old master comes back', async () => {
    const redis = await openBehind(bench, { ...DEFAULTS, sentinel: group.address });
    await master.kill();
    const promoted = await group.promotedAfter(master);
    await eventually(() => redis.commands.set('k', 'v'), { timeoutMs: BACK_MS });
    await master.restart();
    const end = performance.now() + 2_500;
    while (performance.now() < end) {
      expect(redis.endpoint).toBe(`${promoted.host}:${promoted.port}`);
      // a sentinel that comes by has not said yet that it is one
      await eventually(async () => (await master.clientCount()) === 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await eventually(() => redis.commands.set('late', 'v'));
    expect(await promoted.command('EXISTS', 'late')).toBe(1);
    expect(await master.clientCount()).toBe(0);
  });
});
