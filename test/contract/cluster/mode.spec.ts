import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { Bench, failureOf, timed, untilState } from '../connection/bench.js';
import { CLUSTER_FAST } from './cluster-bench.js';

describeEachDriver('a server and a cluster that are taken for each other', (driver) => {
  const bench = new Bench(driver);
  let node: RedisTestServer;
  let bus = 0;

  /** A cluster of one, which holds every slot. */
  beforeAll(async () => {
    bus = await freePort();
    const acl = ['least on >least-secret ~* -@all +ping +get'];
    node = await RedisTestServer.start({ acl, config: ['cluster-enabled yes', `cluster-port ${bus}`] });
    await node.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  });

  afterAll(async () => {
    await node.stop();
    releasePort(bus);
  });

  it.each([
    ['anybody', {}],
    ['a user who may ask for nothing', { username: 'least', password: 'least-secret' }],
  ])('a node is refused at once where cluster was not set, by name: %s', async (_who, login) => {
    const elapsedMs = await timed(async () => {
      const error = await failureOf(bench.open({ ...CLUSTER_FAST, url: node.url, ...login }));
      expect(error).toMatchObject({
        redisErrorKind: 'configuration',
        message: expect.stringContaining('set cluster: true (REDIS_CLUSTER=true)'),
      });
    });
    expect(elapsedMs).toBeLessThan(CLUSTER_FAST.connectTimeoutMs);
    await eventually(async () => (await node.clientCount()) === 0);
  });

  it('a node is said to be none in the background too, and sends nothing to it', async () => {
    const redis = await bench.degraded({ ...CLUSTER_FAST, url: node.url });
    await untilState(redis, 'failed');
    expect(await failureOf(redis.commands.set('k', 'v'))).toMatchObject({
      redisErrorKind: 'configuration',
      outcome: 'not-sent',
    });
    expect(await node.command('DBSIZE')).toBe(0);
  });

  it('a cluster of one node is a cluster', async () => {
    const redis = await bench.open({ ...CLUSTER_FAST, url: node.url, cluster: true });
    await Promise.all([redis.commands.set('a', '1'), redis.commands.set('b', '2')]);
    expect(await redis.commands.del('a', 'b')).toBe(2);
  });

  it('a server is refused at once where cluster was set, by name', async () => {
    const server = await RedisTestServer.start();
    const error = await failureOf(bench.open({ ...CLUSTER_FAST, url: server.url, cluster: true }));
    expect(error).toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('The server is no cluster: leave cluster (REDIS_CLUSTER) out.'),
    });
    await server.stop();
  });
});
