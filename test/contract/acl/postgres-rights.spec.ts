import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresSessionSql, postgresTier } from '../../../lib/session/postgres.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from '../session/session-app.js';

const PASSWORD = 'least-of-all';
const TABLES = 'redis_hub_sessions, redis_hub_sessions_ledger';

const PAGE = readFileSync(join(process.cwd(), 'docs', 'ACL.md'), 'utf8');

/** What the page grants: each right and its table. */
const GRANTS = [...PAGE.matchAll(/^GRANT (.+) ON (\w+) TO sessions;$/gm)].flatMap(([, rights = '', table = '']) =>
  rights.split(', ').map((right) => [right, table] as const),
);

describe('the role in Postgres', () => {
  let postgres: PostgresTestServer;
  let redis: RedisTestServer;
  let app: SessionApp;

  const grant = async (grants: typeof GRANTS): Promise<void> => {
    await postgres.query(`REVOKE ALL ON ${TABLES} FROM sessions`);
    for (const [right, table] of grants) await postgres.query(`GRANT ${right} ON ${table} TO sessions`);
  };
  const start = async (): Promise<void> => {
    const connectionString = postgres.urlOf('sessions', PASSWORD);
    const tier = postgresTier({ connectionString, createTable: false, pruneIntervalMs: 100 });
    app = await SessionApp.start('ioredis', redis, {
      session: { fallback: [tier], touchAfterMs: 0, userOf: ({ user }) => user as string },
    });
  };
  const isDenied = (): boolean => app.lines.some((line) => line.includes('Postgres denies this role'));
  const isPruned = async (): Promise<boolean> =>
    (await postgres.query(`SELECT 1 FROM redis_hub_sessions WHERE id = 'over'`)).length === 0;

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
    await postgres.query(`CREATE ROLE sessions LOGIN PASSWORD '${PASSWORD}'`);
    await postgres.query(postgresSessionSql());
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    redis = await RedisTestServer.start();
    await postgres.query(`INSERT INTO redis_hub_sessions VALUES ('over', '0', '0', 0, 0, 0) ON CONFLICT DO NOTHING`);
    // A node that was stopped while it pruned would have it for itself for half a minute.
    await postgres.query(`UPDATE redis_hub_sessions_ledger SET until = '-infinity'`);
  });
  afterEach(async () => {
    await app.stop();
    await redis.stop();
  });

  it('may do everything with what the page grants, also while Redis is out', async () => {
    expect(GRANTS).toHaveLength(6);
    await grant(GRANTS);
    await start();
    await app.until({ trusted: true });
    await app.sessions.set('a', { user: 'u' });
    await app.sessions.touch('a');
    await redis.kill();
    expect(await app.sessions.set('a', { user: 'u', n: 2 })).toBe(true);
    expect(await app.sessions.findByUser('u')).toMatchObject([{ id: 'a', data: { n: 2 } }]);
    expect(await app.sessions.update('a', (data) => ({ ...data, n: 3 }))).toBeDefined();
    await app.sessions.touch('a');
    await redis.restart();
    await app.until({ tier: 'redis', degraded: false, trusted: true });
    await app.sessions.destroy('a');
    await eventually(isPruned, { timeoutMs: 10_000, what: 'what is over was deleted' });
    expect(isDenied()).toBe(false);
  });

  it.each(GRANTS)('is told of it where it lacks %s on %s', async (right, table) => {
    await grant(GRANTS.filter((one) => one[0] !== right || one[1] !== table));
    await start();
    await app.sessions.set('a', { user: 'u' });
    await app.sessions.touch('a');
    await app.sessions.destroy('a');
    await eventually(isDenied, { timeoutMs: 10_000, what: 'a word of the right that is missing' });
    expect(app.sessions.status()).toMatchObject({ degraded: true });
  });
});
