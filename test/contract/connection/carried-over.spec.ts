import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { Bench, untilState } from './bench.js';

/** What both drivers call by the same name. */
interface RawClient {
  select(db: number): Promise<unknown>;
  watch(key: string): Promise<unknown>;
  unwatch(): Promise<unknown>;
  multi(): { set(key: string, value: string): { exec(): Promise<unknown> } };
}

describeEachDriver('what a driver carries over to a new socket', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let proxy: TcpProxy;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  const open = async (db = 0): Promise<[StandaloneRedis, RawClient]> => {
    const redis = await bench.open({ url: proxy.url, db });
    return [redis, redis.getClient() as unknown as RawClient];
  };

  async function lose(redis: StandaloneRedis): Promise<void> {
    const lost = untilState(redis, 'reconnecting');
    proxy.reset();
    await lost;
    await untilState(redis, 'connected', 6_000);
  }

  const commit = (client: RawClient, value: string): Promise<unknown> => client.multi().set('k', value).exec();

  it.each([0, 3])('is not the database of a SELECT: it is %i, as configured', async (db) => {
    const [redis, client] = await open(db);
    await client.select(5);
    await lose(redis);
    await redis.commands.set('k', 'v');
    expect(String(await server.command('INFO', 'keyspace')).match(/^db\d+/gm)).toEqual([`db${db}`]);
  });

  it('is not a WATCH: the transaction that relied on it is refused, and the next one is not', async () => {
    const [redis, client] = await open();
    await client.watch('k');
    await lose(redis);
    await server.command('SET', 'k', 'of another');
    await expect(commit(client, 'v')).rejects.toThrow(/WATCH/);
    expect(await server.command('GET', 'k')).toBe('of another');
    expect(await redis.commands.get('k')).toBe('of another');
    await commit(client, 'v');
    expect(await server.command('GET', 'k')).toBe('v');
  });

  it('is nothing of a WATCH that was taken back, or used up', async () => {
    const [redis, client] = await open();
    await client.watch('k');
    await client.unwatch();
    await lose(redis);
    await commit(client, '1');
    await client.watch('k');
    await commit(client, '2');
    await lose(redis);
    await commit(client, '3');
    expect(await server.command('GET', 'k')).toBe('3');
  });
});
