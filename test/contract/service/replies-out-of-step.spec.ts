import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer, type RedisTestServerOptions } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, untilState } from '../connection/bench.js';

/** The watchdog stays out of it: what is shown here is what happens before it has noticed anything. */
const UNWATCHED = { watchdogIntervalMs: 60_000, commandTimeoutMs: 2_000 } as const;
const TTL = { ttlMs: 60_000 };
const KEYS = ['a', 'b', 'c'];
const STRAY = '$5\r\n"all"\r\n';
/** As an answer to LRANGE. */
const STRAY_LIST = '*1\r\n$5\r\n"all"\r\n';

/** How often the server has read from a socket. */
async function readsOf(server: RedisTestServer): Promise<number> {
  return Number(/total_reads_processed:(\d+)/.exec(String(await server.command('INFO', 'stats')))?.[1]);
}

describeEachDriver('values when replies are out of step', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let proxy: TcpProxy;

  async function open(options: RedisTestServerOptions = {}): Promise<StandaloneRedis> {
    server = await RedisTestServer.start(options);
    proxy = await TcpProxy.start(server);
    return bench.open({ url: proxy.url, ...UNWATCHED });
  }

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  /** Reads that are under way when a reply comes that nobody asked for. */
  async function shifted<T>(stray: string, read: () => Promise<T>[]): Promise<PromiseSettledResult<T>[]> {
    proxy.delay(50);
    const reads = read();
    proxy.inject(stray);
    const settled = await Promise.allSettled(reads);
    await proxy.pass();
    return settled;
  }

  it('answers no read with the value of another', async () => {
    const redis = await open();
    for (const key of KEYS) await redis.cacheSet(key, key, TTL);
    const reads = await shifted(STRAY, () => KEYS.map((key) => redis.cacheGet(key)));
    for (const read of reads) expect(read).toMatchObject({ value: { hit: false, reason: 'redis_error' } });
    await untilState(redis, 'connected');
    for (const key of KEYS) expect(await redis.cacheGet(key)).toEqual({ hit: true, value: key });
  });

  it('answers no list with another', async () => {
    const redis = await open();
    for (const key of KEYS) await redis.lpushRecent(key, key, { max: 5, ...TTL });
    const reads = await shifted(STRAY_LIST, () => KEYS.map((key) => redis.getRecent(key, 5)));
    for (const read of reads) expect(read).toMatchObject({ reason: { redisErrorKind: 'connection-lost' } });
    await untilState(redis, 'connected');
    for (const key of KEYS) expect(await redis.getRecent(key, 5)).toEqual([key]);
  });

  it('asks for the proof in the same write as the value', async () => {
    await open();
    const redis = await bench.open({ url: server.url, ...UNWATCHED });
    await redis.cacheSet('a', 'a', TTL);
    const before = await readsOf(server);
    for (let n = 0; n < 100; n += 1) await redis.cacheGet('a');
    expect((await readsOf(server)) - before).toBeLessThan(150);
  });

  it('reads for a user who may not PING', async () => {
    const user = { user: 'app', password: 'secret', acl: ['app on >secret ~* +@all -ping'] };
    const redis = await open(user);
    await redis.cacheSet('k', 1, TTL);
    expect(await redis.cacheGet('k')).toEqual({ hit: true, value: 1 });
  });
});
