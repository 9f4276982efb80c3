import { connect } from 'node:net';
import type { RedisConnection } from '../../../lib/connection/redis.connection.js';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, failureOf, recordStates, timed, untilState } from './bench.js';

describeEachDriver('closing', (driver) => {
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

  /** Closes with calls in flight: all of them settle, in time, and no socket is left. */
  const expectEnd = async (redis: StandaloneRedis | RedisConnection): Promise<string[]> => {
    const waits = [1, 2, 3].map(() => redis.ensureReadyClient().then(() => 'connected', kindOf));
    const calls = [1, 2, 3].map((n) => redis.commands.incrby('n', n).then(() => 'done', kindOf));
    const closing = timed(() => redis.close());
    const late = [redis.commands.ping().then(() => 'done', kindOf), redis.ensureReadyClient().then(() => '?', kindOf)];
    expect(await Promise.all(late)).toEqual(['closed', 'closed']);
    expect(await closing).toBeLessThan(3_000);
    await Promise.all(waits);
    expect(redis.state).toBe('closed');
    await eventually(async () => (await server.clientCount()) === 0, { what: 'sockets on the server' });
    return Promise.all(calls);
  };

  it('lets what was sent get its answer', async () => {
    const redis = await bench.open({ url: proxy.url });
    expect(await expectEnd(redis)).toEqual(['done', 'done', 'done']);
    expect(await server.command('GET', 'n')).toBe('6');
  });

  it('ends in time when the server is frozen', async () => {
    const redis = await bench.open({ url: proxy.url });
    await server.freeze();
    const ended = expectEnd(redis);
    await untilState(redis, 'closed');
    await server.thaw();
    for (const kind of await ended) expect(['command-timeout', 'connection-lost']).toContain(kind);
  });

  it('ends in time when the server is down', async () => {
    const redis = await bench.open({ url: proxy.url });
    await proxy.refuse();
    proxy.reset();
    await untilState(redis, 'reconnecting');
    expect(await expectEnd(redis)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });

  it('ends in time while connecting, and never says connected', async () => {
    proxy.delay(100);
    const redis = await bench.degraded({ url: proxy.url });
    const states = recordStates(redis);
    expect(redis.state).toBe('connecting');
    expect(await expectEnd(redis)).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(states.map(({ to }) => to)).toEqual(['closed']);
  });

  it('ends in time when nobody answers the handshake', async () => {
    proxy.silent();
    const redis = await bench.degraded({ url: proxy.url });
    await eventually(() => proxy.total === 1);
    await expectEnd(redis);
    // Connections are taken in turn: one that closing has opened would come before this one.
    await new Promise<void>((resolve) => {
      const own = connect(proxy.port, proxy.host, () => own.destroy()).on('close', () => resolve());
    });
    await eventually(() => proxy.total > 1);
    expect(proxy.total).toBe(2);
  });

  it('ends in time before anything was begun, and after a failure', async () => {
    await expectEnd(await bench.idle({ url: proxy.url }));
    await proxy.refuse();
    const failed = await bench.degraded({ url: proxy.url, connectTimeoutMs: 100 });
    await untilState(failed, 'failed');
    await expectEnd(failed);
  });

  it('is done once, however often it is asked for', async () => {
    const redis = await bench.open({ url: proxy.url });
    const states = recordStates(redis);
    await Promise.all([redis.close(), redis.close(), redis.close()]);
    await redis.close();
    expect(states.map(({ to }) => to)).toEqual(['closed']);
  });

  it('completes the states', async () => {
    const redis = await bench.open({ url: proxy.url });
    let isComplete = false;
    redis.state$.subscribe({ complete: () => (isComplete = true) });
    await redis.close();
    expect(isComplete).toBe(true);
  });

  it('is not undone by a loss, a discard or a beginning that comes during it', async () => {
    const redis = await bench.idle({ url: proxy.url });
    await redis.ensureReadyClient();
    const closing = redis.close();
    redis.discard(new Error('forced'));
    proxy.reset();
    redis.begin();
    await closing;
    redis.begin();
    redis.discard(new Error('forced'));
    expect(redis.state).toBe('closed');
    expect(await failureOf(redis.ensureReadyClient())).toMatchObject({ redisErrorKind: 'closed' });
    expect(proxy.total).toBe(1);
  });

  it('from a listener of any change ends it as well', async () => {
    for (const wanted of ['connecting', 'connected', 'reconnecting'] as const) {
      const redis = await bench.idle({ url: proxy.url });
      let closing: Promise<void> | undefined;
      redis.state$.subscribe(({ to }) => {
        if (to === wanted) closing ??= redis.close();
      });
      redis.begin();
      if (wanted === 'reconnecting') {
        await untilState(redis, 'connected');
        proxy.reset();
      }
      await untilState(redis, 'closed');
      await closing;
    }
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('at 30 moments of an attempt leaves nothing', async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      const redis = await bench.degraded({ url: proxy.url });
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await redis.close();
      expect(redis.state).toBe('closed');
    }
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('makes an end of what the raw client would open again', async () => {
    const redis = await bench.open({ url: proxy.url });
    const client = redis.getClient();
    if ('status' in client) client.disconnect();
    else client.destroy();
    await redis.ensureReadyClient();
    expect(await redis.commands.set('k', 'v')).toBe(true);
    await eventually(async () => (await server.clientCount()) === 1);
    await redis.close();
    await eventually(async () => (await server.clientCount()) === 0);
  });
});

function kindOf(error: unknown): string {
  return (error as { redisErrorKind: string }).redisErrorKind;
}
