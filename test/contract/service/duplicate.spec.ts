import type { Redis } from 'ioredis';
import type { createClient } from 'redis';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, failureOf, timed, untilState } from '../connection/bench.js';

/** Subscribes as users of each driver do. */
async function subscribe(client: RedisClient, channel: string, listener: (message: string) => void): Promise<void> {
  if ('status' in client) {
    const redis = client as unknown as Redis;
    redis.on('message', (_channel, message) => listener(message));
    await redis.subscribe(channel);
  } else {
    await (client as unknown as ReturnType<typeof createClient>).subscribe(channel, (message) => listener(message));
  }
}

function block(client: RedisClient): Promise<unknown> {
  return 'status' in client
    ? (client as unknown as Redis).blpop('queue', 0)
    : (client as unknown as ReturnType<typeof createClient>).blPop('queue', 0);
}

describeEachDriver('a duplicate', (driver) => {
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

  it('is a connected client of its own, counted under its purpose, and closed with its origin', async () => {
    const redis = await bench.open({ url: proxy.url });
    const one = await redis.duplicate('pubsub');
    const two = await redis.duplicate('pubsub');
    const three = await redis.duplicate('blocking');
    expect(new Set([one, two, three, redis.getClient()]).size).toBe(4);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 2, blocking: 1 });
    expect(await server.clientCount()).toBe(4);
    await redis.close();
    expect(await server.clientCount()).toBe(0);
    expect(redis.sockets).toEqual({ client: 0 });
    expect(await failureOf(redis.duplicate('pubsub'))).toMatchObject({ redisErrorKind: 'closed' });
  });

  it('is given back by release, and its socket with it', async () => {
    const redis = await bench.open({ url: proxy.url });
    const [one, two] = [await redis.duplicate('pubsub'), await redis.duplicate('pubsub')];
    expect(await redis.release(one)).toBe(true);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
    await eventually(async () => (await server.clientCount()) === 2);
    expect(await redis.release(one)).toBe(false);
    expect(await redis.release(redis.getClient())).toBe(false);
    expect(await redis.release(two)).toBe(true);
    expect(redis.sockets).toEqual({ client: 1 });
  });

  it('is not counted under the name of the shared client', async () => {
    const redis = await bench.open({ url: proxy.url });
    expect(await failureOf(redis.duplicate('client'))).toMatchObject({ redisErrorKind: 'configuration' });
  });

  it('subscribes, and subscribes again after its socket was lost', async () => {
    const redis = await bench.open({ url: proxy.url });
    const heard: string[] = [];
    await subscribe(await redis.duplicate('pubsub'), 'app:news', (message) => heard.push(message));
    await redis.commands.ping();
    await server.command('PUBLISH', 'app:news', 'one');
    await eventually(() => heard.length === 1);
    proxy.reset();
    await eventually(async () => (await server.command('PUBLISH', 'app:news', 'two')) === 1);
    await eventually(() => heard.includes('two'));
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
    await eventually(async () => (await server.clientCount()) === 2);
  });

  it('subscribes again after a half-open socket', async () => {
    const redis = await bench.open({ url: proxy.url });
    const heard: string[] = [];
    await subscribe(await redis.duplicate('pubsub'), 'app:news', (message) => heard.push(message));
    proxy.halfOpen();
    await untilState(redis, 'reconnecting');
    await eventually(async () => {
      await server.command('PUBLISH', 'app:news', 'two');
      return heard.includes('two');
    });
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
  });

  it('keeps its subscriptions while the server is frozen, however often it is dialled', async () => {
    const redis = await bench.open({ url: proxy.url });
    const heard: string[] = [];
    await subscribe(await redis.duplicate('pubsub'), 'app:news', (message) => heard.push(message));
    await server.freeze();
    const dialled = proxy.total;
    proxy.reset();
    await untilState(redis, 'reconnecting');
    await eventually(() => proxy.total >= dialled + 4, { timeoutMs: 15_000, what: 'two attempts of each' });
    await server.thaw();
    await eventually(async () => {
      await server.command('PUBLISH', 'app:news', 'two');
      return heard.includes('two');
    });
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
  });

  it('subscribes again when the server lets it, which it would not for a while', async () => {
    const acl = (channels: string): string[] => [
      'SETUSER',
      'alice',
      'on',
      '>pw',
      '~*',
      '+@all',
      ...channels.split(' '),
    ];
    await server.command('ACL', ...acl('allchannels'));
    const redis = await bench.open({ url: proxy.url, username: 'alice', password: 'pw' });
    const heard: string[] = [];
    await subscribe(await redis.duplicate('pubsub'), 'app:news', (message) => heard.push(message));
    await server.command('ACL', ...acl('resetchannels'));
    proxy.reset();
    await eventually(async () => String(await server.command('ACL', 'LOG')).includes('app:news'));
    await server.command('ACL', ...acl('allchannels'));
    await eventually(
      async () => {
        await server.command('PUBLISH', 'app:news', 'two');
        return heard.includes('two');
      },
      { timeoutMs: 10_000 },
    );
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
  });

  it('that blocks is ended in time, and what it owes is settled', async () => {
    const redis = await bench.open({ url: proxy.url });
    const blocked = block(await redis.duplicate('blocking')).catch((error: unknown) => error);
    await eventually(async () => (await server.clients()).some(({ cmd }) => cmd === 'blpop'));
    expect(await timed(() => redis.close())).toBeLessThan(1_000);
    expect(await blocked).toBeInstanceOf(Object);
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('that cannot connect rejects in time, and leaves nothing', async () => {
    const redis = await bench.open({ url: proxy.url, connectTimeoutMs: 400 });
    proxy.silent();
    expect(await failureOf(redis.duplicate('pubsub'))).toMatchObject({ redisErrorKind: 'connect-timeout' });
    expect(redis.sockets).toEqual({ client: 1 });
  });

  it('dials nobody while its origin is refused, rejects with its kind, and follows it', async () => {
    const guarded = await RedisTestServer.start({ password: 'right' });
    const door = await TcpProxy.start(guarded);
    const redis = await bench.degraded({ host: door.host, port: door.port, password: 'wrong' });
    await untilState(redis, 'failed');
    const dials = door.total;
    const asked = await Promise.all([1, 2, 3].map(() => failureOf(redis.duplicate('pubsub'))));
    expect(asked.map(({ redisErrorKind }) => redisErrorKind)).toEqual(['auth', 'auth', 'auth']);
    // the origin itself may have asked once more, since somebody waited
    expect(door.total).toBeLessThanOrEqual(dials + 1);
    await guarded.command('CONFIG', 'SET', 'requirepass', 'wrong');
    await redis.ensureReadyClient({ timeoutMs: 10_000 });
    await redis.duplicate('pubsub');
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
    await redis.close();
    await door.stop();
    await guarded.stop();
  });

  it('that waits with its origin is there as soon as that is', async () => {
    await proxy.refuse();
    const redis = await bench.degraded({ url: proxy.url, connectTimeoutMs: 10_000 });
    const asked = redis.duplicate('pubsub');
    // by then the pauses are long, and each its own
    await sleep(2_500);
    await proxy.pass();
    await untilState(redis, 'connected');
    expect(await timed(() => asked)).toBeLessThan(1_000);
  });

  it('that connects while its origin closes is ended too', async () => {
    const redis = await bench.open({ url: proxy.url });
    proxy.delay(30);
    const asked = failureOf(redis.duplicate('pubsub'));
    await redis.close();
    expect(await asked).toMatchObject({ redisErrorKind: 'closed' });
    await eventually(async () => (await server.clientCount()) === 0);
  });
});
