import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp, expectQuiet } from './session-app.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };

/** Options in a decorator are evaluated once, and applications are made of them again and again. */
describeEachDriver('Tiers that were made once', (driver) => {
  let sentinel: ProcessSentinel;
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let table: string;
  let tables = 0;

  const inPostgres = (): SessionTier => postgresTier({ connectionString: postgres.url, table });
  const start = (fallback: readonly SessionTier[]) => SessionApp.start(driver, redis, { session: { fallback } });
  const connections = async (): Promise<number> => {
    const [row] = await postgres.query<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('nestjs-redis-hub', 'lent')`,
    );
    return Number(row?.count);
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    table = `sessions_${(tables += 1)}`;
    redis = await RedisTestServer.start();
  });
  afterEach(async () => {
    await redis.stop();
    await expectQuiet(sentinel);
  });

  it('serve one application after the other, and leave nothing open', async () => {
    const fallback = [inPostgres(), memoryTier()];
    for (const n of [1, 2]) {
      const app = await start(fallback);
      await app.until(WELL);
      expect(await app.sessions.get('a')).toEqual(n === 1 ? undefined : { n: n - 1 });
      expect(await app.sessions.set('a', { n })).toBe(true);
      if (n === 2) {
        await redis.restart();
        await app.until({ degraded: true });
        expect(await app.sessions.get('a')).toEqual({ n });
        await app.until(WELL);
      }
      await app.stop();
      expect(app.lines.join('\n')).not.toMatch(/end on pool|not confirmed/);
      await eventually(async () => (await connections()) === 0, { what: 'no connection to Postgres' });
    }
  });

  it('lend a pool of the application anew each time, and leave it as it was', async () => {
    const pool = new Pool({ connectionString: postgres.url, application_name: 'lent' });
    const onError = (): void => undefined;
    pool.on('error', onError);
    const fallback = [postgresTier({ pool, table })];
    for (const n of [1, 2]) {
      const app = await start(fallback);
      await app.until(WELL);
      expect(await app.sessions.set('a', { n })).toBe(true);
      await app.stop();
      expect(pool.listeners('error')).toEqual([onError]);
    }
    expect((await pool.query(`SELECT data FROM ${table}`)).rows).toEqual([{ data: '{"n":2}' }]);
    await pool.end();
    expect(await connections()).toBe(0);
  });

  it('know nothing of the application before', async () => {
    const tier = memoryTier();
    const before = await start([tier]);
    await redis.kill();
    await before.until({ tier: 'memory' });
    await before.sessions.set('a', { n: 1 });
    await before.sessions.set('b', { n: 1 });
    await before.sessions.destroy('b');
    expect(before.sessions.status().dirty).toBe(2);
    await before.stop();
    await redis.restart();
    const app = await start([tier]);
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: false, dirty: 0 });
    expect(tier.stats).toEqual({ sessions: 0, dirty: 0, evicted: 0 });
    expect(await app.sessions.get('a')).toBeUndefined();
    expect(await app.sessions.set('b', { n: 2 })).toBe(true);
    await before.sessions.set('late', { n: 1 }).catch(() => undefined);
    expect(tier.stats.sessions).toBe(1);
    await app.stop();
  });

  it.each(['postgresTier', 'memoryTier'])('are refused to a second application at the same time (%s)', async (name) => {
    const shared = name === 'memoryTier' ? memoryTier() : inPostgres();
    const first = await start([shared]);
    await first.until(WELL);
    await first.sessions.set('a', { n: 1 });
    const another = name === 'memoryTier' ? inPostgres() : memoryTier();
    await expect(start([another, shared])).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringMatching(new RegExp(`^${name}: .*open already.*make a new one for each`)),
    });
    // neither is the first disturbed, nor is anything left open of the second
    await redis.kill();
    await first.until({ tier: shared.name });
    expect(await first.sessions.get('a')).toEqual({ n: 1 });
    await redis.restart();
    await first.until(WELL);
    await first.stop();
    const next = await start([another, shared]);
    await next.until(WELL);
    expect(await next.sessions.set('b', { n: 2 })).toBe(true);
    await next.stop();
    await eventually(async () => (await connections()) === 0, { what: 'no connection to Postgres' });
  });
});
