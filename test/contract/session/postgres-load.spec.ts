import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { reportLoad } from './load-report.js';
import { SessionApp } from './session-app.js';
import { SessionLoad } from './session-load.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const CLIENTS = 25;
/** Of each of two nodes; `npm run test:long -- sessions` has more, and a longer outage, at a random time in them. */
const CHANGES = Number(process.env['HUB_SESSION_CHANGES'] ?? 1_000);
const IS_LONG = process.env['HUB_SESSION_CHANGES'] !== undefined;
const OUTAGE_MS = Number(process.env['HUB_SESSION_OUTAGE_MS'] ?? 1_000);

/** Postgres is up in these, and on a machine that is busy with other tests it is slow: slow is not to be taken for lost. */
const PATIENT = { timeoutMs: 2_000 };

type Fault = (redis: RedisTestServer, postgres: PostgresTestServer) => Promise<() => Promise<void>>;

const FAULTS: Record<string, Fault> = {
  'Redis is killed and returns empty': async (redis) => {
    await redis.kill();
    return () => redis.restart();
  },
  'Redis is killed and returns with old data': async (redis) => {
    await redis.command('SAVE');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await redis.kill();
    return () => redis.restart();
  },
  'Redis is frozen': async (redis) => {
    await redis.freeze();
    return () => redis.thaw();
  },
  'Postgres is killed': async (_redis, postgres) => {
    await postgres.kill();
    return () => postgres.restart();
  },
  'Postgres is frozen': async (_redis, postgres) => {
    await postgres.freeze();
    return () => postgres.thaw();
  },
  'both are killed, and Redis returns empty': async (redis, postgres) => {
    await Promise.all([redis.kill(), postgres.kill()]);
    return async () => void (await Promise.all([redis.restart(), postgres.restart()]));
  },
  'both are killed, and Redis returns with old data': async (redis, postgres) => {
    await redis.command('SAVE');
    await Promise.all([redis.kill(), postgres.kill()]);
    return async () => {
      await redis.restart();
      await postgres.restart();
    };
  },
};

describeEachDriver('Sessions of two nodes under load', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let apps: SessionApp[];
  let table = '';
  let tables = 0;

  const node = async (options: { readonly timeoutMs?: number } = {}): Promise<SessionApp> => {
    const fallback = [postgresTier({ connectionString: postgres.url, table, ...options }), memoryTier()];
    const app = await SessionApp.start(driver, redis, { session: { fallback } });
    await app.until(WELL);
    apps.push(app);
    return app;
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    apps = [];
    table = `load_${(tables += 1)}`;
    redis = await RedisTestServer.start();
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await redis.stop();
    // a case that failed may have left it out
    await postgres.query('SELECT 1').catch(() => postgres.restart());
  });

  /** Has a fault in the middle of two loads, and compares each with what the other node says at the end. */
  async function play(fault: string, loads: readonly [SessionLoad, SessionLoad], meanwhile?: () => Promise<void>) {
    const [one, other] = [apps[0] as SessionApp, apps[1] as SessionApp];
    await loads[0].untilAcknowledged(CHANGES / 5 + Math.floor(Math.random() * (CHANGES / 5)));
    const lift = await FAULTS[fault]?.(redis, postgres);
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
    await meanwhile?.();
    await lift?.();
    const liftedAt = performance.now();
    const recovered = Promise.all([one.until(WELL), other.until(WELL)]).then(() => performance.now() - liftedAt);
    await Promise.all(loads.map((load) => load.untilAcknowledged(Math.max(1, CHANGES - load.acknowledged))));
    await Promise.all(loads.map((load) => load.stop()));
    const recoveredMs = await recovered;
    await Promise.all([one.until(WELL), other.until(WELL)]);
    const wrong = [...(await loads[0].compareWith(other.sessions)), ...(await loads[1].compareWith(one.sessions))];
    reportLoad({ driver, fault, loads, wrong, recoveredMs });
    const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged, 0);
    const faults = loads.flatMap((load) => load.faults);
    expect({ faults, said: faults.length > 0 ? apps.map(({ lines }) => lines) : [] }).toEqual({ faults: [], said: [] });
    expect(loads.flatMap((load) => load.failures).length).toBeLessThan(acknowledged / 10);
    expect(wrong).toEqual([]);
  }

  it.each(Object.keys(FAULTS).filter((fault) => !fault.startsWith('both')))(
    'lose nothing, read nothing old and revive nothing when %s',
    async (fault) => {
      const options = fault.startsWith('Redis') ? PATIENT : {};
      const [one, other] = [await node(options), await node(options)];
      // each node's changes are read on the other
      await play(fault, [
        new SessionLoad(one.sessions, CLIENTS, 'one', other.sessions),
        new SessionLoad(other.sessions, CLIENTS, 'other', one.sessions),
      ]);
    },
    120_000,
  );

  it.each(Object.keys(FAULTS).filter((fault) => fault.startsWith('both') && (IS_LONG || fault.endsWith('empty'))))(
    'are served by the memory of each node when %s, and what it took alone is there when they return',
    async (fault) => {
      const [one, other] = [await node(), await node()];
      await one.sessions.set('of one', { n: 1 });
      const loads = [
        new SessionLoad(one.sessions, CLIENTS, 'one'),
        new SessionLoad(other.sessions, CLIENTS, 'other'),
      ] as const;
      await play(fault, loads, async () => {
        await Promise.all([one.until({ tier: 'memory' }), other.until({ tier: 'memory' })]);
        const before = loads[0].acknowledged;
        await loads[0].untilAcknowledged(50);
        expect(loads[0].acknowledged).toBeGreaterThan(before);
        expect(await one.sessions.get('of one')).toEqual({ n: 1 });
        // a node that does not know it says so, and logs nobody out
        await expect(other.sessions.get('of one')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
        await expect(other.sessions.touch('of one')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
      });
      expect(await other.sessions.get('of one')).toEqual({ n: 1 });
    },
    120_000,
  );
});
