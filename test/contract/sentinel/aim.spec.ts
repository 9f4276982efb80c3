import { createClient } from 'redis';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import type { DriverClient } from '../../../lib/drivers/driver.interface.js';
import { assertCanHandOver } from '../../../lib/drivers/node-redis/hand-over.js';
import { resolveDriver } from '../../../lib/drivers/resolve-driver.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { describeEachDriver, type TestDriver } from '../../support/drivers.js';
import { deferred, eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { failureOf } from '../connection/bench.js';
import { subscribe } from './subscribe.js';

const HANDSHAKE_MS = 1_000;
const ACL = { password: 's3cret', db: 2 };

const start = (): Promise<RedisTestServer> => RedisTestServer.start({ password: ACL.password });

type NodeRedis = ReturnType<typeof createClient>;

async function create(driver: TestDriver, options: RedisModuleOptions = {}): Promise<DriverClient> {
  const sentinel = { name: 'm', nodes: [{ host: '127.0.0.1', port: 1 }] };
  return (await resolveDriver(driver)).create(toRedisSettings({ ...ACL, ...options, driver, sentinel }));
}

describeEachDriver('a client that is aimed', (driver) => {
  let one: RedisTestServer;
  let two: RedisTestServer;
  let client: DriverClient;
  let quiet: ProcessSentinel;

  beforeAll(async () => {
    [one, two] = await Promise.all([start(), start()]);
  });

  beforeEach(async () => {
    quiet = ProcessSentinel.start();
    client = await create(driver);
  });

  afterEach(async () => {
    await client.end();
    await eventually(async () => (await one.clientCount()) + (await two.clientCount()) === 0, { what: 'no sockets' });
    await quiet.assertQuiet();
    await quiet.stop();
  });

  afterAll(() => Promise.all([one.stop(), two.stop()]));

  const lead = async (to: { host: string; port: number }): Promise<void> => {
    await client.drop();
    client.aim({ host: to.host, port: to.port });
    await client.connect(HANDSHAKE_MS);
  };

  const where = async (): Promise<string> => String(await client.send(['CONFIG', 'GET', 'port']));

  it('leads nowhere before, so that no sentinel hears the password', async () => {
    await expect(client.connect(HANDSHAKE_MS)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await client.drop();
  });

  it('goes from server to server as the same client, logged in, in its database', async () => {
    const { native } = client;
    for (const server of [one, two, two, one, two]) {
      await lead(server);
      expect(client.native).toBe(native);
      expect(client.isReady).toBe(true);
      expect(await where()).toContain(String(server.port));
      expect((await server.clients()).map(({ db }) => db)).toEqual([ACL.db]);
    }
    expect(await one.clientCount()).toBe(0);
  });

  it('tells its listeners of each loss and each connection', async () => {
    const events: string[] = [];
    for (const event of ['connect', 'ready', 'end']) client.native.on(event, () => events.push(event));
    await lead(one);
    expect(events).toEqual(['connect', 'ready']);
    const lost = deferred<unknown>();
    client.onLost((reason) => lost.resolve(reason));
    await one.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await lost.promise;
    expect(client.isReady).toBe(false);
    await client.drop();
    events.length = 0;
    await lead(two);
    expect(events.filter((event) => event !== 'end')).toEqual(['connect', 'ready']);
  });

  it('settles what was in flight when it is dropped', async () => {
    await lead(one);
    const blocked = client.send(['BLPOP', 'nothing', '0']).catch(() => 'rejected');
    await eventually(async () => (await one.clients()).some(({ cmd }) => cmd === 'blpop'));
    await lead(two);
    expect(await blocked).toBe('rejected');
    expect(await client.send(['PING'])).toBe('PONG');
  });

  it('takes its subscriptions along', async () => {
    const heard: string[] = [];
    await lead(one);
    await subscribe(client.native, 'news', (message) => heard.push(message));
    for (const server of [two, one, two]) {
      await lead(server);
      const text = `at ${server.port}, after ${heard.length}`;
      await eventually(async () => {
        await server.command('PUBLISH', 'news', text);
        return heard.includes(text);
      });
      expect(await server.command('PUBLISH', 'news', 'once')).toBe(1);
    }
  });

  it('fails as ever: refused, silent, with a wrong password; and goes on after it', async () => {
    const proxy = await TcpProxy.start(one);
    await proxy.refuse();
    await expect(lead(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.pass();
    proxy.silent();
    await client.drop();
    client.aim(proxy);
    await expect(client.connect(100)).rejects.toThrow(/did not answer the handshake/);
    await client.drop();
    const wrong = await create(driver, { password: 'wr0ng' });
    wrong.aim(one);
    await expect(wrong.connect(HANDSHAKE_MS)).rejects.toThrow(/WRONGPASS/);
    await wrong.end();
    await lead(two);
    expect(client.isReady).toBe(true);
    await proxy.stop();
  });

  it('ends while it is being opened', async () => {
    const proxy = await TcpProxy.start(one);
    for (let turns = 0; turns < 12; turns += 1) {
      const other = await create(driver);
      other.aim(proxy);
      const attempt = other.connect(HANDSHAKE_MS).catch(() => undefined);
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await other.end();
      await attempt;
      expect(other.isReady).toBe(false);
    }
    await eventually(() => proxy.open === 0);
    await proxy.stop();
  });

  it('leaves nothing behind after 40 servers', async () => {
    await lead(one);
    const { native } = client;
    const listeners = (): number => (native as unknown as NodeJS.EventEmitter).listenerCount('error');
    const before = listeners();
    for (let n = 0; n < 40; n += 1) await lead(n % 2 === 0 ? two : one);
    expect(listeners()).toBe(before);
    expect((await one.clientCount()) + (await two.clientCount())).toBe(1);
  });
});

describe('a client of node-redis that is handed a socket', () => {
  let one: RedisTestServer;
  let two: RedisTestServer;

  beforeAll(async () => {
    [one, two] = await Promise.all([start(), start()]);
  });

  afterAll(() => Promise.all([one.stop(), two.stop()]));

  const withClient = async (
    options: RedisModuleOptions,
    use: (client: DriverClient, redis: NodeRedis) => Promise<void>,
  ): Promise<void> => {
    const client = await create('node-redis', options);
    client.aim(one);
    await client.connect(HANDSHAKE_MS);
    try {
      await use(client, client.native as unknown as NodeRedis);
    } finally {
      await client.end();
    }
  };

  const move = async (client: DriverClient): Promise<void> => {
    await client.drop();
    client.aim(two);
    await client.connect(HANDSHAKE_MS);
  };

  it.each([2, 3] as const)('has its channels, patterns and shards again in RESP%i', async (RESP) => {
    await withClient({ nodeRedis: { RESP } }, async (client, redis) => {
      const heard: string[] = [];
      const hear = (message: string): void => void heard.push(message);
      await redis.subscribe(['a', 'b'], hear);
      await redis.pSubscribe('p*', hear);
      await redis.sSubscribe('s', hear);
      await move(client);
      expect(redis.isPubSubActive).toBe(true);
      for (const channel of ['a', 'b', 'pattern']) expect(await two.command('PUBLISH', channel, channel)).toBe(1);
      expect(await two.command('SPUBLISH', 's', 's')).toBe(1);
      await eventually(() => heard.length === 4);
      expect(heard.toSorted()).toEqual(['a', 'b', 'pattern', 's']);
      await redis.unsubscribe('a');
      expect(await two.command('PUBLISH', 'a', 'a')).toBe(0);
      await redis.unsubscribe('b');
      await redis.pUnsubscribe('p*');
      await redis.sUnsubscribe('s');
      expect(await redis.get('nothing')).toBeNull();
      expect(redis.isPubSubActive).toBe(false);
    });
  });

  it('commits nothing that was watched on another server', async () => {
    await withClient({}, async (client, redis) => {
      await redis.watch('k');
      await move(client);
      await expect(redis.multi().set('k', 'v').exec()).rejects.toThrow(/reconnected after WATCH/);
      expect(await redis.multi().set('k', 'v').exec()).toEqual(['OK']);
    });
  });

  it('has duplicates of its own that lead to the present server', async () => {
    await withClient({}, async (client, redis) => {
      await move(client);
      const duplicate = redis.duplicate();
      duplicate.on('error', () => undefined);
      await duplicate.connect();
      expect(await duplicate.configGet('port')).toEqual({ port: String(two.port) });
      duplicate.destroy();
    });
  });

  it('keeps no timer of the client that opened its socket', async () => {
    await withClient({ nodeRedis: { pingInterval: 10 } }, async (client, redis) => {
      await move(client);
      const pinged = deferred<string>();
      redis.on('ping-interval', () => pinged.resolve('pinged'));
      expect(await pinged.promise).toBe('pinged');
    });
  });

  it('is refused at boot where the driver has no such thing', async () => {
    const old = Object.assign(Object.create({}) as object, { getPubSubListeners: () => new Map() });
    const refusal = await failureOf(Promise.resolve().then(() => assertCanHandOver(old as never)));
    expect(refusal).toMatchObject({ redisErrorKind: 'configuration' });
    expect(refusal.message).toMatch(/redis 5\.9 or later.*install ioredis/);
  });
});
