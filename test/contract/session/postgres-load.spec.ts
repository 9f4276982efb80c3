import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { SessionLoad } from './session-load.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const CLIENTS = 25;
/** Of each of two nodes; `HUB_SESSION_CHANGES` for a longer run, with the outage at a random time in it. */
const CHANGES = Number(process.env['HUB_SESSION_CHANGES'] ?? 1_500);
const OUTAGE_MS = Number(process.env['HUB_SESSION_OUTAGE_MS'] ?? 1_500);

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
};

describeEachDriver('Sessions of two nodes under load', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let apps: SessionApp[];

  const node = async (): Promise<SessionApp> => {
    const fallback = [postgresTier({ connectionString: postgres.url }), memoryTier()];
    const app = await SessionApp.start(driver, redis, { session: { fallback } });
    await app.until(WELL);
    apps.push(app);
    return app;
  };

  beforeEach(async () => {
    apps = [];
    [redis, postgres] = await Promise.all([RedisTestServer.start(), PostgresTestServer.start()]);
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await redis.stop();
    await postgres.stop();
  });

  it.each(Object.keys(FAULTS))(
    'lose nothing, read nothing old and revive nothing when %s',
    async (name) => {
      const [one, other] = [await node(), await node()];
      const loads = [
        new SessionLoad(one.sessions, CLIENTS, 'one', other.sessions),
        new SessionLoad(other.sessions, CLIENTS, 'other', one.sessions),
      ];
      await loads[0]?.untilAcknowledged(CHANGES / 5 + Math.floor(Math.random() * (CHANGES / 5)));
      const lift = await FAULTS[name]?.(redis, postgres);
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      await lift?.();
      const liftedAt = performance.now();
      const recovered = Promise.all([one.until(WELL), other.until(WELL)]).then(() => performance.now() - liftedAt);
      await Promise.all(loads.map((load) => load.untilAcknowledged(Math.max(1, CHANGES - load.acknowledged))));
      await Promise.all(loads.map((load) => load.stop()));
      const recoveredMs = await recovered;
      await Promise.all([one.until(WELL), other.until(WELL)]);
      // each node's changes as the other sees them
      const wrong = [
        ...((await loads[0]?.compareWith(other.sessions)) ?? []),
        ...((await loads[1]?.compareWith(one.sessions)) ?? []),
      ];
      const faults = loads.flatMap((load) => load.faults);
      const failures = loads.reduce((sum, load) => sum + load.failures.length, 0);
      const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged, 0);
      const slowest = Math.max(...loads.map((load) => load.slowestMs));
      process.stderr.write(
        `  ${driver}, ${name}: ${acknowledged} acknowledged, ${wrong.length} lost or revived, ${faults.length} stale, ${failures} failed, `
          + `longest change and read ${Math.round(slowest)} ms, trusted after ${Math.round(recoveredMs)} ms\n`,
      );
      expect(faults).toEqual([]);
      expect(failures).toBeLessThan(acknowledged / 10);
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});
