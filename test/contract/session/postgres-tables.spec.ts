import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import type { PostgresTierOptions } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';

const WELL = { tier: 'redis', degraded: false, dirty: 0, trusted: true } as const;

describeEachDriver('Sessions and tables of Postgres that are lost or changed', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  const apps: SessionApp[] = [];
  const table = (name: string): string => `${name}_${driver.replace('-', '_')}`;

  const node = async (options?: Partial<PostgresTierOptions>): Promise<SessionApp> => {
    const shared = options && postgresTier({ connectionString: postgres.url, ...options });
    const userOf = ({ user }: { user?: unknown }): string => String(user);
    const fallback = shared === undefined ? [memoryTier()] : [shared, memoryTier()];
    const app = await SessionApp.start(driver, redis, { session: { userOf, fallback } });
    apps.push(app);
    return app;
  };
  const rowsOf = async (name: string): Promise<unknown[]> => {
    const rows = await postgres.query(`SELECT id FROM ${name}`);
    return rows.map(({ id }) => id);
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    redis = await RedisTestServer.start();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    await redis.stop();
  });

  it('reads the sessions that Redis has where a column is missing, and takes part again when it is back', async () => {
    const name = table('lacking');
    await (await node({ table: name })).until(WELL);
    await apps.pop()?.stop();
    await postgres.query(`ALTER TABLE ${name} RENAME COLUMN user_id TO owner_id`);
    const other = await node();
    await other.sessions.set('a', { user: 'u', n: 1 });
    const app = await node({ table: name });
    const { sessions, lines } = app;
    expect(await sessions.get('a')).toEqual({ user: 'u', n: 1 });
    expect(await sessions.findByUser('u')).toHaveLength(1);
    expect(await sessions.set('b', { user: 'u', n: 2 })).toBe(true);
    expect(await sessions.touch('a', { ttlMs: 3_600_000 })).toBe(true);
    expect(sessions.status()).toMatchObject({ tier: 'redis', degraded: true });
    expect(lines.filter((line) => line.includes('no session table of the form that is needed'))).toHaveLength(1);
    await postgres.query(`ALTER TABLE ${name} RENAME COLUMN owner_id TO user_id`);
    await app.until(WELL);
    await eventually(async () => (await rowsOf(name)).includes('b'));
  });

  it('has the rows of the ledger made again that a restore left out', async () => {
    const name = table('restored');
    await (await node({ table: name })).until(WELL);
    await apps.pop()?.stop();
    await postgres.query(`DELETE FROM ${name}_ledger`);
    const app = await node({ table: name });
    await app.until(WELL);
    await app.sessions.set('a', { n: 1 });
    expect(await rowsOf(name)).toEqual(['a']);
    await redis.kill();
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    expect(await app.sessions.set('a', { n: 2 })).toBe(true);
    await redis.restart();
    await app.until(WELL);
    expect(await app.sessions.get('a')).toEqual({ n: 2 });
  });

  it.each([
    ['emptied', (name: string) => `TRUNCATE ${name}, ${name}_ledger`],
    ['dropped', (name: string) => `DROP TABLE ${name}, ${name}_ledger`],
  ])('notices while it runs that the tables were %s', async (what, statement) => {
    const name = table(what);
    const app = await node({ table: name });
    await app.until(WELL);
    await app.sessions.set('before', { n: 1 });
    await postgres.query(statement(name));
    await eventually(async () => {
      await app.sessions.set('after', { n: 2 });
      return (await rowsOf(name)).includes('after');
    });
    await app.until(WELL);
    expect(await app.sessions.get('before')).toEqual({ n: 1 });
    expect(await app.sessions.get('after')).toEqual({ n: 2 });
    await redis.kill();
    expect(await app.sessions.get('after')).toEqual({ n: 2 });
  });

  it('says that the pool which was lent was ended, and goes on with Redis', async () => {
    const pool = new Pool({ connectionString: postgres.url });
    const app = await node({ connectionString: undefined, pool, table: table('ended') });
    await app.until(WELL);
    await pool.end();
    expect(await app.sessions.set('a', { n: 1 })).toBe(true);
    await eventually(() => app.lines.some((line) => line.includes('the pool that was lent was ended')));
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: true });
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    const degraded = (): string[] => app.lines.filter((line) => line.startsWith('Sessions are degraded'));
    await eventually(() => degraded().some((line) => line.includes('Missing: postgres (closed)')));
    // What Postgres failed is not said of Redis.
    expect(degraded().join()).not.toContain(String(redis.port));
  });

  it('says that the server offers no TLS where that is asked for', async () => {
    const app = await node({ connectionString: `${postgres.url}?sslmode=verify-full`, table: table('tls') });
    expect(await app.sessions.set('a', { n: 1 })).toBe(true);
    await eventually(() => app.lines.some((line) => line.includes('does not offer TLS')));
    await eventually(() => app.lines.some((line) => line.includes('Missing: postgres (tls)')));
  });
});
