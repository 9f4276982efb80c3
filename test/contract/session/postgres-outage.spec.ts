import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { SessionLoad } from './session-load.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
/** Sessions that are written at a time, where there are many. */
const AT_ONCE = 20;

describeEachDriver('SessionStore with Postgres', (driver) => {
  let sentinel: ProcessSentinel;
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let apps: SessionApp[];
  let table = '';
  let tables = 0;

  const tiers = (): SessionTier[] => [postgresTier({ connectionString: postgres.url, table }), memoryTier()];
  const node = async (options: { redis?: RedisTestServer; fallback?: SessionTier[]; url?: string } = {}) => {
    const app = await SessionApp.start(driver, options.redis ?? redis, {
      session: { fallback: options.fallback ?? tiers() },
      ...(options.url !== undefined && { redis: { url: options.url } }),
    });
    apps.push(app);
    return app;
  };
  const rows = () => postgres.query<{ id: string; data: string | null }>(`SELECT id, data FROM ${table}`);

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    apps = [];
    table = `outage_${(tables += 1)}`;
    redis = await RedisTestServer.start();
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await redis.stop();
    await expectQuiet(sentinel);
    // a case that failed may have left it out
    await postgres.query('SELECT 1').catch(() => postgres.restart());
  });

  it('writes through, and asks Redis alone while all is well', async () => {
    const app = await node();
    await app.until(WELL);
    await app.sessions.set('a', { n: 1 });
    await app.sessions.set('b', { n: 1 });
    await app.sessions.destroy('b');
    expect(await rows()).toEqual(
      expect.arrayContaining([
        { id: 'a', data: '{"n":1}' },
        { id: 'b', data: null },
      ]),
    );
    await postgres.query(`UPDATE ${table} SET data = '{"n":"not asked"}'`);
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    expect(app.sessions.status()).toMatchObject(WELL);
  });

  it('knows on one node what another wrote while Redis was out, and brings it to Redis', async () => {
    const [one, other] = [await node(), await node()];
    await one.until(WELL);
    await one.sessions.set('a', { n: 1 });
    await one.sessions.set('gone', { n: 1 });
    await redis.kill();
    await one.until({ tier: 'postgres' });
    expect(await other.sessions.get('a')).toEqual({ n: 1 });
    expect(await other.sessions.set('a', { n: 2 })).toBe(true);
    expect(await one.sessions.get('a')).toEqual({ n: 2 });
    await one.sessions.destroy('gone');
    expect(await other.sessions.get('gone')).toBeUndefined();
    expect(await other.sessions.set('gone', { n: 3 })).toBe(false);
    expect(await other.sessions.get('never')).toBeUndefined();
    await redis.restart();
    await Promise.all([one.until(WELL), other.until(WELL)]);
    expect(await storedData(redis, 'dialog:session:a')).toBe('{"n":2}');
    expect(await storedData(redis, 'dialog:session:gone')).toBe('');
    expect(one.sessions.status().dirty).toBe(0);
  });

  it('brings everything back to a Redis that returns empty, also what no node remembers', async () => {
    const first = await node();
    await first.until(WELL);
    for (let n = 0; n < 300; n += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => first.sessions.set(`s${n + at}`, { n: n + at })));
    }
    await first.stop();
    apps = [];
    await redis.restart();
    const app = await node();
    expect(await app.sessions.get('s7')).toEqual({ n: 7 });
    await app.until(WELL);
    expect(await redis.command('DBSIZE')).toBe(300);
  });

  it('believes Postgres, not a Redis that returns with old data', async () => {
    const [one, other] = [await node(), await node()];
    await one.until(WELL);
    await one.sessions.set('rolled-back', { n: 1 });
    await one.sessions.set('logged-out', { n: 1 });
    await redis.command('SAVE');
    await one.sessions.set('rolled-back', { n: 2 });
    await one.sessions.destroy('logged-out');
    await redis.restart();
    expect(await eventually(() => other.sessions.get('rolled-back'))).toEqual({ n: 2 });
    expect(await other.sessions.get('logged-out')).toBeUndefined();
    await Promise.all([one.until(WELL), other.until(WELL)]);
    expect(await other.sessions.get('rolled-back')).toEqual({ n: 2 });
    expect(await storedData(redis, 'dialog:session:logged-out')).toBe('');
  });

  it('goes on without Postgres, and tells it what it missed', async () => {
    const app = await node();
    await app.until(WELL);
    await app.sessions.set('before', { n: 1 });
    await app.sessions.set('ended', { n: 1 });
    await postgres.kill();
    await app.sessions.set('before', { n: 2 });
    await app.sessions.set('new', { n: 1 });
    await app.sessions.destroy('ended');
    expect(await app.sessions.get('before')).toEqual({ n: 2 });
    expect(Number(await redis.command('HLEN', 'dialog:session:%pending'))).toBe(3);
    await postgres.restart();
    await app.until(WELL);
    await eventually(async () => (await redis.command('EXISTS', 'dialog:session:%pending')) === 0);
    expect(await rows()).toEqual(
      expect.arrayContaining([
        { id: 'before', data: '{"n":2}' },
        { id: 'new', data: '{"n":1}' },
        { id: 'ended', data: null },
      ]),
    );
  });

  it('serves from memory with both out, and forgets nothing of it when they return', async () => {
    const app = await node();
    await app.until(WELL);
    await app.sessions.set('a', { n: 1 });
    await Promise.all([redis.kill(), postgres.kill()]);
    expect(await app.sessions.set('a', { n: 2 })).toBe(true);
    expect(await app.sessions.set('b', { n: 1 })).toBe(true);
    expect(await app.sessions.get('a')).toEqual({ n: 2 });
    await expect(app.sessions.get('unknown')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    await postgres.restart();
    await eventually(async () => (await rows()).some(({ id }) => id === 'b'), { timeoutMs: 10_000 });
    await redis.restart();
    await app.until(WELL);
    expect(await storedData(redis, 'dialog:session:a')).toBe('{"n":2}');
    expect(await storedData(redis, 'dialog:session:b')).toBe('{"n":1}');
  });

  it('lets no node read older than what one that is cut off from Redis has acknowledged', async () => {
    const proxy = await TcpProxy.start(redis);
    const well = await node();
    const cutOff = await node({ url: proxy.url });
    await Promise.all([well.until(WELL), cutOff.until(WELL)]);
    await well.sessions.set('a', { n: 0 });
    await well.sessions.set('b', { n: 0 });
    await proxy.refuse();
    for (let n = 1; n <= 30; n += 1) {
      expect(await cutOff.sessions.set('a', { n })).toBe(true);
      expect(await well.sessions.get('a')).toEqual({ n });
      expect(await well.sessions.set('b', { n })).toBe(true);
      expect(await cutOff.sessions.get('b')).toEqual({ n });
    }
    await cutOff.sessions.destroy('a');
    expect(await well.sessions.get('a')).toBeUndefined();
    expect(await well.sessions.set('a', { n: 99 })).toBe(false);
    await proxy.pass();
    await Promise.all([well.until(WELL), cutOff.until(WELL)]);
    expect(await storedData(redis, 'dialog:session:a')).toBe('');
    await proxy.stop();
  });

  it.each(['killed, and returns empty', 'frozen'])('loses nothing under load when Redis is %s', async (how) => {
    const [app, other] = [await node(), await node()];
    await app.until(WELL);
    const load = new SessionLoad(app.sessions, 20, 'load');
    const second = new SessionLoad(other.sessions, 20, 'other');
    await load.untilAcknowledged(300);
    if (how === 'frozen') await redis.freeze();
    else await redis.kill();
    await app.until({ tier: 'postgres' });
    await load.untilAcknowledged(300);
    if (how === 'frozen') await redis.thaw();
    else await redis.restart();
    await load.untilAcknowledged(300);
    await Promise.all([load.stop(), second.stop()]);
    await Promise.all([app.until(WELL), other.until(WELL)]);
    expect([...load.faults, ...second.faults]).toEqual([]);
    expect([...load.failures, ...second.failures]).toEqual([]);
    expect(await load.compareWith(other.sessions)).toEqual([]);
    expect(await second.compareWith(app.sessions)).toEqual([]);
    expect(await load.compareWith((await node({ fallback: [] })).sessions)).toEqual([]);
  });

  it.each(['killed', 'frozen'])('loses nothing under load when Postgres is %s', async (how) => {
    const app = await node();
    await app.until(WELL);
    const load = new SessionLoad(app.sessions, 20, 'load');
    await load.untilAcknowledged(300);
    if (how === 'frozen') await postgres.freeze();
    else await postgres.kill();
    await load.untilAcknowledged(300);
    if (how === 'frozen') await postgres.thaw();
    else await postgres.restart();
    await load.untilAcknowledged(100);
    await load.stop();
    await app.until(WELL);
    expect(load.faults).toEqual([]);
    expect(load.failures).toEqual([]);
    await eventually(async () => (await redis.command('EXISTS', 'dialog:session:%pending')) === 0, {
      timeoutMs: 10_000,
    });
    await redis.kill();
    expect(await load.compareWith(app.sessions)).toEqual([]);
  });
});
