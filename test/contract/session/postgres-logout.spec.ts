import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };

/** A request that began before the logout, and saves its session after it: on another node, and after an outage. */
describeEachDriver('A save after the logout', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let table: string;
  let tables = 0;
  let one: SessionApp;
  let other: SessionApp;

  const node = async (): Promise<SessionApp> => {
    const fallback = [postgresTier({ connectionString: postgres.url, table, timeoutMs: 250 }), memoryTier()];
    const app = await SessionApp.start(driver, redis, { session: { fallback } });
    await app.until(WELL);
    return app;
  };
  const expectGone = async (): Promise<void> => {
    for (const { sessions } of [one, other]) {
      expect(await sessions.set('a', { late: true })).toBe(false);
      expect(await sessions.touch('a')).toBe(false);
      expect(await sessions.update('a', () => ({ late: true }))).toBeUndefined();
      expect(await sessions.get('a')).toBeUndefined();
    }
  };
  const expectGoneEverywhere = async (): Promise<void> => {
    await Promise.all([one.until(WELL), other.until(WELL)]);
    await expectGone();
    expect(await storedData(redis, 'dialog:session:a')).toBe('');
    expect(await postgres.query(`SELECT data FROM ${table} WHERE id = 'a'`)).toEqual([{ data: null }]);
    // and for nodes that remember nothing
    await Promise.all([one.stop(), other.stop()]);
    [one, other] = [await node(), await node()];
    await expectGone();
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    table = `sessions_${(tables += 1)}`;
    redis = await RedisTestServer.start();
    [one, other] = [await node(), await node()];
    await one.sessions.set('a', { n: 1 });
    await other.sessions.get('a');
  });
  afterEach(async () => {
    await Promise.all([one.stop(), other.stop()]);
    await redis.stop();
  });

  it.each(['empty', 'with what it had before the logout'])(
    'is refused while Redis is out, and when it returns %s',
    async (how) => {
      if (how !== 'empty') await redis.command('SAVE');
      await redis.kill();
      await one.sessions.destroy('a');
      await expectGone();
      await redis.restart();
      await expectGone();
      await expectGoneEverywhere();
    },
  );

  it('is refused, like a touch, by a node that was told by Postgres alone and has nothing left but its memory', async () => {
    await redis.kill();
    await other.until({ tier: 'postgres' });
    await one.sessions.destroy('a');
    expect(await other.sessions.touch('a')).toBe(false);
    expect(await other.sessions.get('a')).toBeUndefined();
    await postgres.kill();
    await Promise.all([one.until({ tier: 'memory' }), other.until({ tier: 'memory' })]);
    await expectGone();
    await postgres.restart();
    await redis.restart();
    await expectGoneEverywhere();
  });

  it('is refused after an outage that began after the logout', async () => {
    await redis.command('SAVE');
    await one.sessions.destroy('a');
    await redis.kill();
    await expectGone();
    await redis.restart();
    await expectGoneEverywhere();
  });

  it('is refused after a logout that Postgres was told of later', async () => {
    await redis.command('SAVE');
    await postgres.kill();
    await one.sessions.destroy('a');
    await expectGone();
    await postgres.restart();
    await eventually(async () => (await redis.command('EXISTS', 'dialog:session:%pending')) === 0, {
      timeoutMs: 10_000,
    });
    await redis.restart();
    await expectGoneEverywhere();
  });
});
