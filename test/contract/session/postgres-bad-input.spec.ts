import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { Pool } from 'pg';
import type { SessionTier } from '../../../lib/session/index.js';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresSessionSql, postgresTier } from '../../../lib/session/postgres.js';
import type { PostgresTierOptions } from '../../../lib/session/postgres.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp, expectQuiet } from './session-app.js';

const SECRET = 'hunter2';

describe('postgresTier', () => {
  it.each([
    [{}, 'give one of connectionString and pool'],
    [{ connectionString: '' }, 'connectionString must'],
    [{ connectionString: 'postgres://a', pool: {} }, 'pool must'],
    [{ connectionString: `postgres://user:${SECRET}@host:port/x` }, 'connectionString must be a URL'],
    [{ connectionString: `mysql://user:${SECRET}@host/x` }, 'connectionString must be a URL'],
    [{ connectionString: `host=localhost password=${SECRET}` }, 'connectionString must be a URL'],
    [{ connectionString: `postgres://user:${SECRET}@host/x?sslrootcert=/nowhere` }, 'cannot be read'],
    [{ connectionString: `postgres://${SECRET}`, table: 'a"; DROP' }, 'table must'],
    [{ connectionString: 'postgres://a', timeoutMs: 0 }, 'timeoutMs must'],
    [{ connectionStrin: SECRET }, 'connectionStrin is not an option'],
  ])('refuses %j', (options, words) => {
    const make = (): SessionTier => postgresTier(options as PostgresTierOptions);
    expect(make).toThrow(
      expect.objectContaining({ redisErrorKind: 'configuration', message: expect.stringContaining(words) }),
    );
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining(SECRET) }));
  });
});

describe('Sessions and a Postgres that is not well', () => {
  let sentinel: ProcessSentinel;
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let app: SessionApp | undefined;

  const node = async (
    options: Partial<PostgresTierOptions>,
    more: readonly SessionTier[] = [],
  ): Promise<SessionApp> => {
    const tier = postgresTier({ connectionString: postgres.url, ...options });
    app = await SessionApp.start('ioredis', redis, { session: { fallback: [tier, ...more] } });
    return app;
  };
  /** What a caller is told when only Postgres could answer. */
  const reasonOf = async (sessions: SessionApp['sessions']): Promise<unknown> => {
    await redis.kill();
    return eventually(async () => {
      const error: unknown = await sessions.set('a', { secret: SECRET }).catch((reason: unknown) => reason);
      return (error as { redisErrorKind?: string }).redisErrorKind !== undefined && error;
    });
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start({ settings: { max_connections: 20 } });
    await postgres.query(`CREATE ROLE limited LOGIN PASSWORD '${SECRET}'`);
    await postgres.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    redis = await RedisTestServer.start();
  });
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    await redis.stop();
    await expectQuiet(sentinel);
  });

  it.each<[string, string, () => Partial<PostgresTierOptions>]>([
    ['a wrong password', 'login', () => ({ connectionString: postgres.urlOf('postgres', SECRET) })],
    [
      'no such database',
      'no such database',
      () => ({ connectionString: postgres.urlOf('postgres', 'test-only', 'none') }),
    ],
    ['nobody listening', 'refused', () => ({ connectionString: `postgres://a:${SECRET}@127.0.0.1:1/x` })],
    ['a role that may not make the table', 'denies', () => ({ connectionString: postgres.urlOf('limited', SECRET) })],
    ['a table that is not there', 'no session table', () => ({ table: 'nowhere', createTable: false })],
    ['a schema that is not there', 'no session table', () => ({ schema: 'nowhere' })],
  ])(
    'serves from Redis with %s, and says what is wrong when only Postgres could answer',
    async (_name, kind, options) => {
      const { sessions, lines } = await node(options());
      expect(await sessions.set('a', { n: 1 })).toBe(true);
      expect(await sessions.get('a')).toEqual({ n: 1 });
      expect(sessions.status()).toMatchObject({ tier: 'redis', degraded: true });
      const error = await reasonOf(sessions);
      const said = await eventually(() => [...lines, String(error)].some((line) => line.includes(kind)));
      expect(said).toBe(true);
      const text = inspect(error, { depth: 9 }) + JSON.stringify(error) + lines.join('\n');
      expect(text).not.toContain(SECRET);
    },
  );

  it.each([
    ['other columns', 'odd', 'CREATE TABLE odd (id int); CREATE TABLE odd_ledger (id int)'],
    [
      'a column of another type',
      'odder',
      `${postgresSessionSql({ table: 'odder' })}; ALTER TABLE odder ALTER data TYPE jsonb USING data::jsonb`,
    ],
  ])('says at the boot that a table has %s, and goes on with Redis', async (_name, table, statements) => {
    await postgres.query(statements);
    const { sessions, lines } = await node({ table });
    const said = lines.filter((line) => line.includes('has no session table of the form that is needed'));
    expect(said).toEqual([expect.stringContaining('Make it with postgresSessionSql()')]);
    expect(await sessions.set('a', { n: 1 })).toBe(true);
    expect(sessions.status()).toMatchObject({ tier: 'redis', degraded: true });
    expect(await reasonOf(sessions)).toMatchObject({ redisErrorKind: 'unavailable' });
  });

  it('needs no more rights than on the tables that the exported SQL made', async () => {
    await postgres.query(postgresSessionSql({ table: 'granted' }));
    await postgres.query('GRANT SELECT, INSERT, UPDATE, DELETE ON granted, granted_ledger TO limited');
    const url = postgres.urlOf('limited', SECRET);
    const { sessions } = await node({ connectionString: url, table: 'granted', createTable: false });
    await eventually(() => sessions.status().trusted);
    await redis.kill();
    expect(await sessions.set('a', { n: 1 })).toBe(true);
    expect(await sessions.get('a')).toEqual({ n: 1 });
  });

  it('says that a read-only server is one, and keeps what was acknowledged', async () => {
    const url = `${postgres.url}?options=-c%20default_transaction_read_only%3Don`;
    await (await node({ table: 'read_only' })).stop();
    const { sessions, lines } = await node({ connectionString: url, table: 'read_only' }, [memoryTier()]);
    expect(await sessions.set('a', { n: 1 })).toBe(true);
    expect(Number(await redis.command('HLEN', 'dialog:session:%pending'))).toBe(1);
    expect(sessions.status()).toMatchObject({ tier: 'redis', degraded: true });
    expect(lines.filter((line) => line.includes('Postgres is read-only'))).toHaveLength(1);
    await redis.kill();
    expect(await sessions.get('a')).toEqual({ n: 1 });
  });

  it('shares a pool of the application, and leaves it open', async () => {
    const pool = new Pool({ connectionString: postgres.url, max: 2 });
    const { sessions } = await node({ connectionString: undefined, pool, table: 'lent' });
    await Promise.all(Array.from({ length: 30 }, (_, n) => sessions.set(`s${n}`, { n })));
    await app?.stop();
    app = undefined;
    expect((await pool.query('SELECT count(*)::int AS n FROM lent')).rows).toEqual([{ n: 30 }]);
    await pool.end();
  });

  it('goes on when Postgres gives it no more connections', async () => {
    const { sessions } = await node({ table: 'crowded', maxConnections: 5 });
    await eventually(() => sessions.status().trusted);
    const crowd = Array.from({ length: 20 }, () => new Pool({ connectionString: postgres.url, max: 1 }));
    const taken = await Promise.allSettled(crowd.map((pool) => pool.connect()));
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => sessions.set(`s${n}`, { n })));
    expect(results.every(Boolean)).toBe(true);
    for (const one of taken) if (one.status === 'fulfilled') one.value.release(true);
    await Promise.all(crowd.map((pool) => pool.end()));
    await eventually(async () => (await redis.command('EXISTS', 'dialog:session:%pending')) === 0, {
      timeoutMs: 10_000,
    });
    expect(await postgres.query('SELECT count(*)::int AS n FROM crowded')).toEqual([{ n: 50 }]);
  });

  it('refuses what text cannot hold for that session alone', async () => {
    const serializer = { stringify: () => 'a\0b', parse: () => ({}) };
    const tier = postgresTier({ connectionString: postgres.url, table: 'zero' });
    app = await SessionApp.start('ioredis', redis, { session: { fallback: [tier], serializer } });
    await expect(app.sessions.set('a', {})).rejects.toMatchObject({ redisErrorKind: 'serialization' });
  });

  it('deletes what is over, and nothing else', async () => {
    const { sessions } = await node({ table: 'pruned', pruneIntervalMs: 100 });
    await sessions.set('alive', { n: 1 });
    const past = Date.now() - 3_600_000;
    const versions = `'000000000001${'0'.repeat(12)}', '000000000001${'0'.repeat(12)}'`;
    await postgres.query(
      `INSERT INTO pruned (id, version, expiry_version, expires_at, horizon, confirmed, data)
       SELECT 'old' || n, ${versions}, ${past}, ${past}, 0, '{}' FROM generate_series(1, 1200) AS n`,
    );
    await eventually(async () => (await postgres.query('SELECT id FROM pruned')).length === 1);
    expect(await sessions.get('alive')).toEqual({ n: 1 });
  });
});
