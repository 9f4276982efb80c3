import { readFileSync } from 'node:fs';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { failureOf, timed, untilState } from '../connection/bench.js';
import { ClusterBench } from './cluster-bench.js';

const PASSWORD = 'correct-horse-battery';

/** What the connection itself asks of a cluster; GET and SET are the test's. */
const LEAST = '+ping +cluster|slots +get +set';
/** As the nodes' ACL file has it. */
const DOCUMENTED = (/^user (session .+)$/m.exec(readFileSync('docs/ACL.md', 'utf8'))?.[1] ?? '').replace(
  '<password>',
  'session-secret',
);

describeEachDriver('connecting to a cluster', (driver) => {
  const bench = new ClusterBench(driver);

  it('fails in time and says why where no node is up, and recovers in the background where it may', async () => {
    const { cluster } = bench;
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    const elapsedMs = timed(async () => {
      const error = await failureOf(bench.open({ ...bench.address, connectTimeoutMs: 700 }));
      expect(error).toMatchObject({ redisErrorKind: 'refused', operation: 'connect' });
    });
    expect(await elapsedMs).toBeLessThan(1_300);
    const degraded = await bench.degraded({ ...bench.address, connectTimeoutMs: 700 });
    await untilState(degraded, 'failed');
    expect(await failureOf(degraded.commands.get('x'))).toMatchObject({ outcome: 'not-sent' });
    await cluster.heal();
    await untilState(degraded, 'connected', 8_000);
    expect(await degraded.commands.set('x', 'y')).toBe(true);
  });

  it('passes over a seed that says nothing, and one that is gone', async () => {
    const [node] = bench.cluster.nodes;
    const proxy = await TcpProxy.start(node!);
    proxy.silent();
    const gone = await freePort();
    const { port } = bench.cluster.nodes[4]!;
    const url = `redis://127.0.0.1:${proxy.port},127.0.0.1:${gone},127.0.0.1:${port}`;
    const elapsedMs = await timed(async () => {
      const redis = await bench.open({ ...bench.address, url });
      expect(await redis.commands.set('x', 'y')).toBe(true);
    });
    expect(elapsedMs).toBeLessThan(1_500);
    expect(await bench.cluster.clientCount()).toBe(3);
    await proxy.stop();
    releasePort(gone);
  });

  it('finds the cluster again by the nodes that it knows when its seed is gone', async () => {
    const { cluster } = bench;
    const seed = await cluster.masterOf('x');
    const redis = await bench.open({ ...bench.address, url: `redis://${seed.host}:${seed.port}`, cluster: true });
    await seed.kill();
    await untilState(redis, 'reconnecting');
    await cluster.untilReplaced(seed);
    await untilState(redis, 'connected', 8_000);
    expect(await redis.commands.set('x', 'y')).toBe(true);
  });

  it('says that a name is unknown', async () => {
    const url = 'redis://nobody.invalid:7000,nobody-else.invalid:7000';
    const error = await failureOf(bench.open({ ...bench.address, url, connectTimeoutMs: 500 }));
    expect(error.redisErrorKind).toBe('dns');
  });

  it('begins one attempt, whatever the number of those who wait', async () => {
    const connection = await bench.idle(bench.address);
    await Promise.all(Array.from({ length: 100 }, () => connection.ensureReadyClient()));
    expect(await bench.cluster.clientCount()).toBe(3);
  });

  it('leaves no socket however often it is forced', async () => {
    const connection = await bench.idle(bench.address);
    await connection.ensureReadyClient();
    for (let time = 0; time < 10; time += 1) {
      connection.discard(new Error('forced'));
      await new Promise((resolve) => setTimeout(resolve, 20 * time));
    }
    await untilState(connection, 'connected', 8_000);
    expect(await connection.commands.set('x', 'y')).toBe(true);
    await eventually(async () => (await bench.cluster.clientCount()) === 3);
    await connection.close();
    await bench.untilNoSockets();
  });
});

describeEachDriver('logging in to a cluster', (driver) => {
  const bench = new ClusterBench(driver, {
    replicas: 0,
    password: PASSWORD,
    acl: ['app on >app-secret ~app:* &* +@all', `least on >least-secret ~app:* -@all ${LEAST}`, DOCUMENTED],
  });

  it('works with the password of all nodes, and as a user', async () => {
    const redis = await bench.open(bench.address);
    expect(await redis.commands.set('x', 'y')).toBe(true);
    const login = { username: 'app', password: 'app-secret', keyPrefix: 'app:' };
    const app = await bench.open({ ...bench.address, ...login });
    expect(await app.commands.set('x', 'y')).toBe(true);
    const users = (await bench.cluster.clients()).map(({ user }) => user);
    expect(users.toSorted()).toEqual(['app', 'app', 'app', 'default', 'default', 'default']);
  });

  it('needs no right but to ask for the slots, and PING', async () => {
    const login = { username: 'least', password: 'least-secret', keyPrefix: 'app:' };
    const redis = await bench.open({ ...bench.address, ...login });
    for (let n = 0; n < 10; n += 1) expect(await redis.commands.set(`key-${n}`, 'x')).toBe(true);
  });

  it('works as the user of sessions that the documentation gives', async () => {
    const redis = await bench.open({ ...bench.address, username: 'session', password: 'session-secret' });
    const keys = Array.from({ length: 10 }, (_, n) => `dialog:session:${n}`);
    for (const key of keys) expect(await redis.commands.set(key, 'x')).toBe(true);
    const seen: string[] = [];
    for await (const page of redis.commands.scan('dialog:session:*')) seen.push(...page);
    expect(seen.toSorted()).toEqual(keys.toSorted());
  });

  it('fails at once with a wrong password, and does not show it', async () => {
    const error = await failureOf(bench.open({ ...bench.address, password: 'not-the-password' }));
    expect(error).toMatchObject({ redisErrorKind: 'auth' });
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toContain('not-the-password');
  });
});

describeEachDriver('an unknown user of a cluster whose default user is open', (driver) => {
  const bench = new ClusterBench(driver, { replicas: 0 });

  it('writes nothing anywhere', async () => {
    const login = { username: 'ghost', password: 'wrong' };
    const redis = await bench.degraded({ ...bench.address, ...login });
    const writes = Array.from({ length: 50 }, (_, n) => redis.commands.set(`key-${n}`, 'x').catch(() => undefined));
    await untilState(redis, 'failed');
    writes.push(...(writes.map((_, n) => redis.commands.set(`late-${n}`, 'x').catch(() => undefined)) as never[]));
    expect(await failureOf(redis.commands.set('y', 'z'))).toMatchObject({
      redisErrorKind: 'auth',
      outcome: 'not-sent',
    });
    await Promise.all(writes);
    await redis.close();
    expect(await bench.cluster.keyCount()).toBe(0);
    await bench.untilNoSockets();
  });
});
