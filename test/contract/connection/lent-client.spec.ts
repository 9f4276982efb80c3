import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, until } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, failureOf, recordStates, timed, untilState } from './bench.js';

type Emitter = NodeJS.EventEmitter;

describeEachDriver('a client that was handed in', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let client: RedisClient & Emitter;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
    client = create(proxy.port);
  });

  afterEach(async () => {
    if ('status' in client) client.disconnect();
    else if (client.isOpen) client.destroy();
    await proxy.stop();
    await server.stop();
  });

  /** As its owner made it: it reconnects by itself, soon. */
  function create(port: number): RedisClient & Emitter {
    const made =
      driver === 'ioredis'
        ? new Redis({ port, lazyConnect: true, retryStrategy: () => 50 })
        : createClient({ socket: { port, reconnectStrategy: 50 } });
    made.on('error', () => undefined);
    return made;
  }

  const lend = (): ReturnType<Bench['open']> => bench.open({ client, driver: 'auto', keyPrefix: 'app:' });

  it('is used, on its own socket, and stays open when we close', async () => {
    await client.connect();
    const redis = await lend();
    expect(redis).toMatchObject({ state: 'connected', driver });
    expect(await redis.ensureReadyClient()).toBe(client);
    await redis.commands.set('k', 'v');
    expect(await server.command('GET', 'app:k')).toBe('v');
    expect(await server.clientCount()).toBe(1);
    await redis.close();
    expect(redis.state).toBe('closed');
    expect(await server.clientCount()).toBe(1);
    expect(await ask(client)).toBe('PONG');
  });

  it('gets its listeners back as they were', async () => {
    await client.connect();
    const before = countListeners(client);
    const redis = await lend();
    expect(countListeners(client)).not.toEqual(before);
    await redis.close();
    expect(countListeners(client)).toEqual(before);
  });

  it('is followed through a loss that its owner mends, without flapping', async () => {
    await client.connect();
    const redis = await lend();
    const states = recordStates(redis);
    await server.kill();
    await untilState(redis, 'reconnecting');
    expect(await failureOf(redis.commands.get('k'))).toMatchObject({
      redisErrorKind: 'unavailable',
      endpoint: expect.stringMatching(new RegExp(`^(localhost|127.0.0.1):${proxy.port}$`)),
    });
    const refusals = proxy.total;
    await eventually(() => proxy.total >= refusals + 3);
    await server.restart();
    await untilState(redis, 'connected');
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(states.map(({ to }) => to)).toEqual(['reconnecting', 'connected']);
    expect(await server.clientCount()).toBe(1);
  });

  it('that is not connected fails the boot in time and by name, and was not connected by us', async () => {
    const ms = await timed(async () => {
      const error = await failureOf(bench.open({ client, connectTimeoutMs: 300 }));
      expect(error).toMatchObject({ redisErrorKind: 'unavailable', operation: 'connect' });
      expect(error.message).toContain('handed in is not connected');
    });
    expect(ms).toBeLessThan(800);
    expect(proxy.total).toBe(0);
    expect(client.eventNames()).toEqual(['error']);
  });

  it('may be connected by its owner after a degraded boot', async () => {
    const redis = await bench.degraded({ client });
    expect(redis.state).toBe('connecting');
    await client.connect();
    await untilState(redis, 'connected');
    expect(await redis.ping()).toBeGreaterThan(0);
    expect(await server.clientCount()).toBe(1);
  });

  it('that its owner closes is reported as lost, and calls are refused', async () => {
    await client.connect();
    const redis = await lend();
    if ('status' in client) await client.quit();
    else await client.close();
    await untilState(redis, 'reconnecting');
    expect(await failureOf(redis.ping())).toMatchObject({ redisErrorKind: 'unavailable', outcome: 'not-sent' });
    expect(() => redis.getClient()).toThrow(/not connected/);
    const waited = await failureOf(redis.ensureReadyClient({ timeoutMs: 100 }));
    expect(waited.redisErrorKind).not.toBe('closed');
    expect(await timed(() => redis.close())).toBeLessThan(1_000);
  });

  it('is not forced when the server is frozen: the state says so, and recovers', async () => {
    await client.connect();
    const redis = await lend();
    await server.freeze();
    await untilState(redis, 'reconnecting');
    await server.thaw();
    await untilState(redis, 'connected', 8_000);
    expect(proxy.total).toBe(1);
  });

  it('lends its settings to duplicates, which are ours and are closed', async () => {
    await client.connect();
    const redis = await lend();
    const duplicate = await redis.duplicate<RedisClient & Emitter>('pubsub');
    expect(duplicate).not.toBe(client);
    expect(await server.clientCount()).toBe(2);
    const reconnected = until(duplicate, 'ready');
    proxy.reset();
    await reconnected;
    await eventually(() => redis.sockets['pubsub'] === 1);
    await redis.close();
    await eventually(async () => (await server.clientCount()) <= 1);
    await eventually(async () => (await ask(client)) === 'PONG');
  });

  it('is refused where it is no client, or beside an address', async () => {
    const calls = [
      bench.open({ client: {} as RedisClient }),
      bench.open({ client: { status: 'ready' } as RedisClient }),
      bench.open({ client: 'redis://x' as never }),
      bench.open({ client, url: proxy.url }),
      bench.open({ client: { isCluster: true, status: 'ready', defineCommand: () => 1 } as never }),
    ];
    for (const call of calls) expect(await failureOf(call)).toMatchObject({ redisErrorKind: 'configuration' });
  });
});

function ask(client: RedisClient): Promise<unknown> {
  return 'status' in client ? client.call('PING') : client.sendCommand(['PING'] as never);
}

function countListeners(emitter: Emitter): Record<string, number> {
  return Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
}
