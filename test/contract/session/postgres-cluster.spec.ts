import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestCluster } from '../../support/redis-cluster.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const keyOf = (id: string): string => `dialog:session:${id}`;

describeEachDriver('Sessions with Postgres on a cluster', (driver) => {
  let cluster: RedisTestCluster;
  let postgres: PostgresTestServer;
  let apps: SessionApp[] = [];

  const node = async (): Promise<SessionApp> => {
    const app = await SessionApp.start(driver, undefined, {
      redis: { url: cluster.url, cluster: true, enabled: true },
      session: { fallback: [postgresTier({ connectionString: postgres.url }), memoryTier()] },
    });
    apps.push(app);
    await app.until(WELL);
    return app;
  };
  const replicaOf = async (master: RedisTestServer): Promise<RedisTestServer> => {
    const [, , followers] = (await master.command('ROLE')) as [string, number, [string, string, string][]];
    const ports = followers.map(([, port]) => Number(port));
    const found = (await cluster.replicas()).find(({ port }) => ports.includes(port));
    if (found === undefined) throw new Error('The master has no replica');
    return found;
  };
  /** Two sessions of one master. */
  const neighbours = async (): Promise<readonly [string, string, RedisTestServer]> => {
    const master = await cluster.masterOf(keyOf('id-0'));
    for (let n = 1; ; n += 1) {
      if ((await cluster.masterOf(keyOf(`id-${n}`))) === master) return ['id-0', `id-${n}`, master];
    }
  };

  beforeAll(async () => {
    [cluster, postgres] = await Promise.all([RedisTestCluster.start(), PostgresTestServer.start()]);
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    apps = [];
  });
  afterAll(async () => {
    await cluster.stop();
    await postgres.stop();
  });

  it('are what was acknowledged where a replica with older data takes over', async () => {
    const [one, other] = [await node(), await node()];
    const [changed, ended, master] = await neighbours();
    await one.sessions.set(changed, { n: 1 });
    await one.sessions.set(ended, { n: 1 });
    const replica = await replicaOf(master);
    await master.command('WAIT', 1, 5_000);
    await replica.freeze();
    await one.sessions.set(changed, { n: 2 });
    await one.sessions.destroy(ended);
    await master.kill();
    await replica.thaw();
    await cluster.untilReplaced(master);
    expect(await storedData(replica, keyOf(changed))).not.toBe('');
    // an error while the cluster is out, but never what was before
    const reads = [one, other].flatMap(({ sessions }) => [
      eventually(() => sessions.get(changed)),
      eventually(async () => (await sessions.get(ended)) ?? 'none'),
    ]);
    expect(await Promise.all(reads)).toEqual([{ n: 2 }, 'none', { n: 2 }, 'none']);
    await Promise.all([one.until(WELL), other.until(WELL)]);
    expect(await other.sessions.get(changed)).toEqual({ n: 2 });
    expect(await storedData(replica, keyOf(changed))).toBe('{"n":2}');
    expect(await storedData(replica, keyOf(ended))).toBe('');
  }, 60_000);
});
