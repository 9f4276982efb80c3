import { inspect } from 'node:util';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import type { RedisErrorKind } from '../../../lib/errors/redis-error-kind.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { Bench, failureOf, nextChange, recordStates, timed, untilState } from './bench.js';

const PASSWORD = 'p%40ss:wörd/#?';

describeEachDriver('errors of a server that answers', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let redis: StandaloneRedis;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    redis = await bench.open({ url: server.url });
  });

  afterEach(() => server.stop());

  it('says out-of-memory of a write, and reads on', async () => {
    await redis.commands.set('k', 'v');
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    expect(await failureOf(redis.commands.set('k', 'secret value'))).toMatchObject({
      redisErrorKind: 'out-of-memory',
      outcome: 'rejected',
    });
    expect(await redis.commands.get('k')).toBe('v');
    expect(redis.state).toBe('connected');
  });

  it('says misconfigured when the server cannot save, also of PING, and stays connected', async () => {
    await redis.commands.set('k', 'v');
    await cannotSave(server);
    expect(await failureOf(redis.commands.set('k', 'w'))).toMatchObject({ redisErrorKind: 'misconfigured' });
    expect(await failureOf(redis.ping())).toMatchObject({ redisErrorKind: 'misconfigured', outcome: 'rejected' });
    expect(await redis.commands.get('k')).toBe('v');
    const second = await bench.open({ url: server.url });
    expect(await second.commands.get('k')).toBe('v');
  });

  it('says read-only of a replica, reopens once, then only reports', async () => {
    const states = recordStates(redis);
    await server.command('REPLICAOF', '127.0.0.1', 1);
    expect(await failureOf(redis.commands.set('k', 'v'))).toMatchObject({
      redisErrorKind: 'read-only',
      outcome: 'rejected',
    });
    await untilState(redis, 'reconnecting');
    await untilState(redis, 'connected');
    for (let n = 0; n < 5; n += 1) {
      expect(await failureOf(redis.commands.set('k', 'v'))).toMatchObject({ redisErrorKind: 'read-only' });
    }
    expect(await redis.commands.get('k')).toBeNull();
    expect(states.map(({ to }) => to)).toEqual(['reconnecting', 'connected']);
    await server.command('REPLICAOF', 'NO', 'ONE');
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(await server.clientCount()).toBe(1);
  });

  it('says busy while a script blocks the server, and recovers when it is killed', async () => {
    await server.command('CONFIG', 'SET', 'busy-reply-threshold', 1);
    const probe = await server.connect();
    const killer = await server.connect();
    const looping = probe.call('EVAL', 'while true do end', 0).catch(() => undefined);
    const error = await eventually(async () => {
      const met = await failureOf(redis.commands.get('k'));
      return met.redisErrorKind === 'busy' && met;
    });
    expect(error.outcome).toBe('rejected');
    await killer.call('SCRIPT', 'KILL');
    await looping;
    probe.close();
    killer.close();
    await eventually(() => redis.commands.set('k', 'v'));
  });

  it('says wrong-type of a script and of a command alike', async () => {
    await server.command('SADD', 'set', 'x');
    await expectKind(redis.lpushRecent('set', 1, { max: 3, ttlMs: 1_000 }), 'wrong-type');
    await expectKind(redis.getRecent('set', 3), 'wrong-type');
    await expectKind(redis.commands.incrby('set', 1), 'wrong-type');
  });
});

describeEachDriver('errors of a server that refuses', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;

  afterEach(() => server.stop());

  const refused = async (options: object): Promise<Error> => {
    const failure = await failureOf(bench.open({ host: server.host, port: server.port, ...options }));
    await eventually(async () => (await server.clientCount()) === 0);
    return failure;
  };

  it.each([
    ['a wrong password', { password: `wrong-${PASSWORD}` }],
    ['no password', {}],
    ['a wrong password of a user', { username: 'app', password: `wrong-${PASSWORD}` }],
  ])('fails the boot at once with kind auth for %s, without showing one', async (_what, login) => {
    server = await RedisTestServer.start({ password: PASSWORD, acl: ['app on >x ~* +@all'] });
    let error!: Error;
    expect(await timed(async () => (error = await refused(login)))).toBeLessThan(1_000);
    expect(error).toMatchObject({ redisErrorKind: 'auth', operation: 'connect' });
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toMatch(/w(ö|%C3%B6)rd/i);
  });

  it('takes a password with every awkward character, by option and by URL', async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
    const byOption = await bench.open({ host: server.host, port: server.port, password: PASSWORD });
    const byUrl = await bench.open({ url: server.url });
    expect(await byOption.ping()).toBeGreaterThan(0);
    expect(await byUrl.ping()).toBeGreaterThan(0);
  });

  it('never acts as the open default user when its own user is unknown', async () => {
    server = await RedisTestServer.start();
    const redis = await bench.degraded({
      host: server.host,
      port: server.port,
      username: 'nobody',
      password: 'x',
    });
    const changed = nextChange(redis, 'failed');
    const early = [
      failureOf(redis.commands.set('early', '1')),
      failureOf(redis.lpushRecent('l', 1, { max: 1, ttlMs: 9 })),
    ];
    expect((await changed).error).toMatchObject({ redisErrorKind: 'auth' });
    for (const error of await Promise.all(early)) expect(error.outcome).toBe('not-sent');
    await expectKind(redis.commands.set('late', '1'), 'auth');
    await expectKind(redis.ensureReadyClient({ timeoutMs: 300 }), 'auth');
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('never writes to database 0 when its own database does not exist', async () => {
    server = await RedisTestServer.start({ config: ['databases 4'] });
    const error = await refused({ db: 7 });
    expect(error).toMatchObject({ redisErrorKind: 'configuration' });
    const redis = await bench.degraded({ host: server.host, port: server.port, db: 7 });
    const failed = nextChange(redis, 'failed');
    await failureOf(redis.commands.set('k', 'v'));
    await failed;
    await expectKind(redis.commands.set('k', 'v'), 'configuration');
    await expectKind(redis.ensureReadyClient({ timeoutMs: 300 }), 'configuration');
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('works in its own database', async () => {
    server = await RedisTestServer.start();
    const redis = await bench.open({ url: `${server.url}/3` });
    await redis.commands.set('k', 'v');
    expect((await server.clients()).map(({ db }) => db)).toEqual([3]);
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('says max-clients when the server has no place left, and gets in when there is one', async () => {
    server = await RedisTestServer.start({ config: ['maxclients 2'] });
    const [one, two] = [await server.connect(), await server.connect()];
    expect(await failureOf(bench.open({ url: server.url, connectTimeoutMs: 400 }))).toMatchObject({
      redisErrorKind: 'max-clients',
    });
    const redis = await bench.degraded({ url: server.url });
    await eventually(async () => (await failureOf(redis.commands.get('k'))).redisErrorKind === 'max-clients');
    one.close();
    await untilState(redis, 'connected');
    two.close();
  });

  it('says loading while the server loads, and waits for it', async () => {
    server = await RedisTestServer.start({
      config: ['enable-debug-command yes', 'loading-process-events-interval-bytes 1024'],
    });
    for (let n = 0; n < 20; n += 1) {
      await server.command('EVAL', 'for i = 1, 1000 do redis.call("SET", ARGV[1] .. i, string.rep("x", 20)) end', 0, n);
    }
    await server.command('SAVE');
    await server.command('CONFIG', 'SET', 'key-load-delay', 50);
    const redis = await bench.open({ url: server.url, connectTimeoutMs: 10_000 });
    const reloading = server.command('DEBUG', 'RELOAD', 'NOSAVE');
    const error = await eventually(async () => {
      const met = await redis.commands.get('01').catch((met: unknown) => met);
      return (met as { redisErrorKind?: string } | null)?.redisErrorKind === 'loading' && met;
    });
    expect(error).toMatchObject({ redisErrorKind: 'loading', outcome: 'rejected' });
    await reloading;
    await eventually(async () => (await redis.commands.get('01')) !== null);
  });

  it('logs in with the new password after the old one was rotated away', async () => {
    server = await RedisTestServer.start({ acl: ['app on >old ~app:* +@all -@dangerous'] });
    const login = { username: 'app', password: 'old', keyPrefix: 'app:' };
    const redis = await bench.open({ host: server.host, port: server.port, ...login });
    await server.command('ACL', 'SETUSER', 'app', 'resetpass', '>new');
    const failed = nextChange(redis, 'failed');
    await server.command('CLIENT', 'KILL', 'USER', 'app');
    expect((await failed).error).toMatchObject({ redisErrorKind: 'auth' });
    await expectKind(redis.commands.set('k', 'v'), 'auth');
    expect(await server.command('DBSIZE')).toBe(0);
    await server.command('ACL', 'SETUSER', 'app', 'resetpass', '>old');
    await redis.ensureReadyClient();
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(await server.clientCount()).toBe(1);
  });

  async function expectKindOf(redis: StandaloneRedis): Promise<void> {
    await expectKind(redis.commands.set('k', 'v'), 'permission');
  }

  it.each([
    ['no PING, no CLIENT INFO, no ROLE', '+get +set'],
    ['PING alone', '+get +set +ping'],
    ['CLIENT INFO alone', '+get +set +client|info'],
    ['all that is asked', '+get +set +ping +client|info +role +hello'],
  ])('connects a least-privilege user that may use %s', async (_what, rules) => {
    server = await RedisTestServer.start({ acl: [`app on >x ~app:* ${rules}`] });
    const login = { username: 'app', password: 'x' };
    const redis = await bench.open({ host: server.host, port: server.port, ...login, keyPrefix: 'app:' });
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(await redis.commands.get('k')).toBe('v');
    await expectKind(redis.commands.del('k'), 'permission');
    const foreign = await bench.open({ host: server.host, port: server.port, ...login });
    await expectKindOf(foreign);
    expect(redis.state).toBe('connected');
  });

  it('says permission when its user may not select its database, and stays out of database 0', async () => {
    server = await RedisTestServer.start({ acl: ['app on >x ~* +get +set'] });
    const error = await refused({ username: 'app', password: 'x', db: 2 });
    expect(error).toMatchObject({ redisErrorKind: 'permission' });
    expect(await server.command('DBSIZE')).toBe(0);
  });
});

async function expectKind(promise: Promise<unknown>, kind: RedisErrorKind): Promise<void> {
  expect(await failureOf(promise)).toMatchObject({ redisErrorKind: kind });
}

/** Makes the server refuse writes with MISCONF: a snapshot that fails, and one is due. */
async function cannotSave(server: RedisTestServer): Promise<void> {
  await server.command('CONFIG', 'SET', 'save', '3600 1');
  await server.command('CONFIG', 'SET', 'rdbcompression', 'no');
  await server.command('EVAL', "redis.call('SET', 'filler', string.rep('x', 1000))", 0);
  const probe = await server.connect();
  await probe.call('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'yes');
  await breakSnapshots(server, probe);
  probe.close();
}

async function breakSnapshots(
  server: RedisTestServer,
  probe: Awaited<ReturnType<RedisTestServer['connect']>>,
): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  const dir = String(((await probe.call('CONFIG', 'GET', 'dir')) as string[])[1]);
  // A directory stands where the snapshot has to be renamed to.
  await mkdir(`${dir}/dump.rdb`);
  await probe.call('BGSAVE');
  await eventually(async () =>
    String(await server.command('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
  );
}
