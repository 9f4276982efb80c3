import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SentinelGroup, sentinelOf } from '../../support/sentinel-group.js';
import { Bench, failureOf, timed, untilState } from '../connection/bench.js';
import { openBehind } from './open-behind.js';

describeEachDriver('a boot behind sentinels', (driver) => {
  const bench = new Bench(driver);
  let group: SentinelGroup;
  let master: RedisTestServer;

  beforeAll(async () => {
    group = await SentinelGroup.start();
  });

  beforeEach(async () => {
    master = await group.heal();
  });

  afterAll(() => group.stop());

  it('finds the master, with one socket to it and one to a sentinel, and none after the end', async () => {
    const redis = await openBehind(bench, { sentinel: group.address, db: 2 });
    expect(redis.endpoint).toBe(`${master.host}:${master.port}`);
    expect(redis.role).toBe('master');
    expect(redis.sockets).toEqual({ client: 1, sentinel: 1 });
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect((await master.clients()).map(({ db }) => db)).toEqual([2]);
    const sockets = async (): Promise<number> =>
      (await Promise.all(group.sentinels.map((one) => one.clientCount()))).reduce((sum, count) => sum + count);
    await eventually(async () => (await sockets()) === 1);
    await redis.close();
    await eventually(async () => (await sockets()) + (await master.clientCount()) === 0);
    expect(redis.sockets).toEqual({ client: 0, sentinel: 0 });
  });

  it('is not kept waiting by a first sentinel that is silent', async () => {
    const [first, ...others] = group.address.nodes;
    await group.sentinels[0]?.freeze();
    const nodes = [first, ...others].filter((node) => node !== undefined);
    const elapsedMs = await timed(() => openBehind(bench, { sentinel: { ...group.address, nodes } }));
    console.log(`${driver}: connected past a silent sentinel in ${Math.round(elapsedMs)} ms`);
    expect(elapsedMs).toBeLessThan(1_000);
  });

  it('goes on with another sentinel when the one that was kept falls silent or dies', async () => {
    const redis = await openBehind(bench, { sentinel: group.address });
    const kept = async (): Promise<RedisTestServer | undefined> => {
      const counts = await Promise.all(
        group.sentinels.map((one) => (one.isRunning ? one.clientCount() : Promise.resolve(0))),
      );
      return counts.reduce((sum, count) => sum + count) === 1 ? group.sentinels[counts.indexOf(1)] : undefined;
    };
    const first = await eventually(kept);
    await first.freeze();
    const others = group.sentinels.filter((one) => one !== first);
    await eventually(async () => (await Promise.all(others.map((one) => one.clientCount()))).includes(1));
    await first.thaw();
    const second = await eventually(async () => {
      const now = await kept();
      return now === first ? undefined : now;
    });
    await second.kill();
    await eventually(async () => (await kept()) !== undefined && redis.sockets['sentinel'] === 1);
    expect(redis.state).toBe('connected');
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it('stays connected while no sentinel answers', async () => {
    const redis = await openBehind(bench, { sentinel: group.address });
    await Promise.all(group.sentinels.map((one) => one.kill()));
    await eventually(() => redis.sockets['sentinel'] === 0);
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(redis.state).toBe('connected');
    await Promise.all(group.sentinels.map((one) => one.restart()));
    await eventually(() => redis.sockets['sentinel'] === 1);
  });

  it('fails with what the sentinels met when all of them are down, and names them', async () => {
    const ports = [await freePort(), await freePort()];
    const nodes = ports.map((port) => ({ host: '127.0.0.1', port }));
    const failed = await failureOf(openBehind(bench, { sentinel: { name: 'mymaster', nodes } }));
    expect(failed).toMatchObject({ redisErrorKind: 'refused', outcome: 'not-sent' });
    for (const text of ['mymaster', `127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`]) {
      expect(failed.message).toContain(text);
      expect(failed.endpoint).toContain(text);
    }
    for (const port of ports) releasePort(port);
  });

  it('fails in time when all of them are silent', async () => {
    await Promise.all(group.sentinels.map((one) => one.freeze()));
    const failing = failureOf(openBehind(bench, { sentinel: group.address }));
    const elapsedMs = await timed(() => failing);
    expect(await failing).toMatchObject({ redisErrorKind: 'connect-timeout' });
    expect(elapsedMs).toBeLessThan(2_500);
  });

  it('that degrades connects when a sentinel comes up', async () => {
    const port = await freePort();
    const sentinel = { name: 'mymaster', nodes: [{ host: '127.0.0.1', port }] };
    const redis = await openBehind(bench, { sentinel, boot: 'degrade' });
    await untilState(redis, 'failed');
    expect(redis.lastError).toMatchObject({ redisErrorKind: 'refused' });
    const late = await RedisTestServer.start({ ...sentinelOf('mymaster', master), port });
    await untilState(redis, 'connected');
    expect(redis.endpoint).toBe(`${master.host}:${master.port}`);
    await redis.close();
    await late.stop();
    releasePort(port);
  });

  it('fails at once for a group that the sentinels do not know, and names the option', async () => {
    const failing = failureOf(openBehind(bench, { sentinel: { ...group.address, name: 'other' } }));
    expect(await timed(() => failing)).toBeLessThan(1_000);
    const failed = await failing;
    expect(failed.redisErrorKind).toBe('configuration');
    expect(failed.message).toMatch(/knows no group named "other".*sentinel\.name/);
  });

  it('fails at once for a server in place of a sentinel, and says so', async () => {
    const { host, port } = master;
    const failed = await failureOf(openBehind(bench, { sentinel: { name: 'mymaster', nodes: [{ host, port }] } }));
    expect(failed.redisErrorKind).toBe('configuration');
    expect(failed.message).toContain(`${host}:${port} is no sentinel`);
  });

  it('fails at once for a sentinel in place of a server, also one that a sentinel names', async () => {
    const [sentinel] = group.sentinels;
    const { host, port } = await RedisTestServer.start(sentinelOf('g', sentinel!));
    const settings = [{ url: sentinel!.url }, { sentinel: { name: 'g', nodes: [{ host, port }] } }];
    for (const options of settings) {
      const failed = await failureOf(bench.open({ ...options, connectTimeoutMs: 8_000 }));
      expect(failed.redisErrorKind).toBe('configuration');
      expect(failed.message).toMatch(/is a sentinel.*sentinel\.nodes \(REDIS_SENTINELS\)/);
    }
  });

  it('refuses a replica, and takes it as soon as it is promoted', async () => {
    // Not of the group, whose sentinels would never forget it.
    const origin = await RedisTestServer.start();
    const alone = await RedisTestServer.start();
    await alone.command('REPLICAOF', origin.host, origin.port);
    const lonely = await RedisTestServer.start(
      sentinelOf('mymaster', alone, { config: ['sentinel down-after-milliseconds mymaster 60000'] }),
    );
    const sentinel = { name: 'mymaster', nodes: [{ host: lonely.host, port: lonely.port }] };
    const failed = await failureOf(openBehind(bench, { sentinel }));
    expect(failed.redisErrorKind).toBe('read-only');
    expect(failed.message).toContain(`${alone.host}:${alone.port}, which is still a replica`);
    const redis = await openBehind(bench, { sentinel, boot: 'degrade' });
    await eventually(() => redis.lastError?.redisErrorKind === 'read-only');
    await alone.command('REPLICAOF', 'NO', 'ONE');
    const elapsedMs = await timed(() => untilState(redis, 'connected'));
    expect(elapsedMs).toBeLessThan(1_500);
    await redis.close();
    await Promise.all([lonely.stop(), alone.stop(), origin.stop()]);
  });

  it('believes the sentinel of the latest fail-over, not those that were cut off before it', async () => {
    const old = await RedisTestServer.start();
    // More of them than of the others: it is not a vote.
    const stale = await Promise.all([1, 2].map(() => RedisTestServer.start(sentinelOf('mymaster', old))));
    await group.failover();
    const promoted = await group.heal();
    const nodes = [...stale.map(({ host, port }) => ({ host, port })), ...group.address.nodes.slice(0, 1)];
    for (let n = 0; n < 5; n += 1) {
      const redis = await openBehind(bench, { sentinel: { name: 'mymaster', nodes } });
      expect(redis.endpoint).toBe(`${promoted.host}:${promoted.port}`);
      await redis.close();
    }
    await Promise.all([...stale, old].map((one) => one.stop()));
  });
});

describeEachDriver('the login of sentinels', (driver) => {
  const bench = new Bench(driver);
  const SECRETS = { server: 'server-s3cret', sentinel: 'sentinel-s3cret' };
  let group: SentinelGroup;

  beforeAll(async () => {
    group = await SentinelGroup.start({
      server: { password: SECRETS.server },
      sentinel: {
        password: SECRETS.sentinel,
        acl: [
          'guide on >guide-s3cret -@all +@connection +sentinel|get-master-addr-by-name',
          'mute on >mute-s3cret -@all',
        ],
      },
    });
  });

  afterAll(() => group.stop());

  const show = (error: unknown): string => inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);

  it('is their own, beside that of the server', async () => {
    const sentinel = { ...group.address, password: SECRETS.sentinel };
    const redis = await openBehind(bench, { sentinel, password: SECRETS.server });
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it('is all that they hear of: never the password of the server', async () => {
    let heard = '';
    const listener = createServer((socket) => {
      socket.on('data', (bytes) => (heard += bytes.toString()));
      socket.on('error', () => undefined);
    });
    const port = await freePort();
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    const nodes = [{ host: '127.0.0.1', port }, ...group.address.nodes];
    const sentinel = { name: group.name, nodes, password: SECRETS.sentinel };
    const redis = await openBehind(bench, { sentinel, username: 'default', password: SECRETS.server });
    expect(await redis.commands.set('k', 'v')).toBe(true);
    await eventually(() => heard.includes(SECRETS.sentinel));
    expect(heard).not.toContain(SECRETS.server);
    await redis.close();
    listener.close();
    releasePort(port);
  });

  it('may be that of a user who may ask for the address alone', async () => {
    const sentinel = { ...group.address, username: 'guide', password: 'guide-s3cret' };
    const redis = await openBehind(bench, { sentinel, password: SECRETS.server });
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it('refused is said to be theirs, and shows no password', async () => {
    const sentinel = { ...group.address, password: 'wrong-s3cret' };
    for (const given of [sentinel, group.address]) {
      const failed = await failureOf(openBehind(bench, { sentinel: given, password: SECRETS.server }));
      expect(failed.redisErrorKind).toBe('auth');
      expect(failed.message).toContain("sentinels' own login");
      expect(show(failed)).not.toContain('s3cret');
    }
  });

  it('that may not ask is told what it lacks', async () => {
    const sentinel = { ...group.address, username: 'mute', password: 'mute-s3cret' };
    const failed = await failureOf(openBehind(bench, { sentinel, password: SECRETS.server }));
    expect(failed.redisErrorKind).toBe('permission');
    expect(failed.message).toContain('+sentinel|get-master-addr-by-name');
    expect(show(failed)).not.toContain('s3cret');
  });

  it('of the server refused is said to be of the server', async () => {
    const sentinel = { ...group.address, password: SECRETS.sentinel };
    const failed = await failureOf(openBehind(bench, { sentinel, password: 'wrong-s3cret' }));
    expect(failed.redisErrorKind).toBe('auth');
    expect(failed.endpoint).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(failed.message).not.toContain("sentinels' own login");
    expect(show(failed)).not.toContain('s3cret');
  });
});
