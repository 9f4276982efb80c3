import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };
const RIGHTS = '+ping +hello +evalsha +eval +get +getrange +set +setrange +del +pttl +pexpire +info +role';

describeEachDriver('What is logged of sessions that are degraded', (driver) => {
  let postgres: PostgresTestServer;
  let redis: RedisTestServer | undefined;
  let app: SessionApp | undefined;
  let tables = 0;

  const start = async (server: RedisTestServer, fallback: readonly SessionTier[]): Promise<SessionApp> => {
    redis = server;
    app = await SessionApp.start(driver, server, { session: { fallback } });
    return app;
  };
  const inPostgres = (): SessionTier => postgresTier({ connectionString: postgres.url, table: `t${(tables += 1)}` });
  const linesOf = ({ lines }: SessionApp): string[] => lines.filter((line) => line.includes('Sessions are'));

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());
  afterEach(async () => {
    await app?.stop();
    await redis?.stop();
  });

  it('names what Redis refuses, and where the rights are listed', async () => {
    const server = await RedisTestServer.start({ acl: [`default on nopass ~* &* -@all ${RIGHTS}`] });
    const node = await start(server, [inPostgres(), memoryTier()]);
    const line = await eventually(() => linesOf(node)[0]);
    expect(line).toMatch(/served by: redis\. 127\.0\.0\.1:\d+: permission, at exists\. .*docs\/ACL\.md/);
    for (let n = 0; n < 20; n += 1) await node.sessions.set('a', { n });
    expect(linesOf(node)).toHaveLength(1);
  });

  it('names what Redis refuses to write', async () => {
    const server = await RedisTestServer.start({ config: ['maxmemory-policy noeviction'] });
    const node = await start(server, [memoryTier()]);
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await node.sessions.set('hidden', { secret: 'hunter2' });
    const [line] = linesOf(node);
    expect(line).toMatch(/served by: redis\. 127\.0\.0\.1:\d+: out-of-memory, at session\.set\./);
    expect(line).not.toMatch(/hidden|hunter2/);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await node.until(WELL);
    expect(linesOf(node)).toHaveLength(2);
  });

  it('names the tier that is missing', async () => {
    const node = await start(await RedisTestServer.start(), [inPostgres(), memoryTier()]);
    await node.until(WELL);
    await postgres.kill();
    await node.until({ degraded: true });
    expect(await eventually(() => linesOf(node).find((line) => line.includes('degraded')))).toMatch(
      /served by: redis\. Missing: postgres/,
    );
    await postgres.restart();
    await node.until(WELL);
  });
});
