import type {
  RedisBreakerEvent,
  RedisCacheEvent,
  RedisConnectionErrorEvent,
  RedisInitializationEvent,
  RedisReconnectAttemptEvent,
  RedisStateEvent,
} from '../../../lib/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { HeardEvents } from '../../support/heard-events.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, failureOf, nextChange } from '../connection/bench.js';

const SECRET = 'hidden-value';

describeEachDriver('the events of a connection', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  afterAll(() => server.stop());

  it('tell of the first connection once, and how many shared it', async () => {
    const made = new HeardEvents<RedisInitializationEvent>('initialization');
    const errors = new HeardEvents<RedisConnectionErrorEvent>('connection-error');
    const attempts = new HeardEvents<RedisReconnectAttemptEvent>('reconnect-attempt');
    const connection = await bench.idle({ url: server.url });
    const gone = connection.ensureReadyClient({ signal: AbortSignal.abort() }).catch(() => undefined);
    await Promise.all([gone, ...Array.from({ length: 20 }, () => connection.ensureReadyClient())]);
    await connection.ensureReadyClient();
    expect(made.take()).toEqual([
      { connection: 'default', durationMs: expect.any(Number), callers: 20, outcome: 'ok' },
    ]);
    expect([...errors.events, ...attempts.events]).toEqual([]);
  });

  it('tell why a first connection was given up, and of each attempt for it', async () => {
    const made = new HeardEvents<RedisInitializationEvent>('initialization');
    const errors = new HeardEvents<RedisConnectionErrorEvent>('connection-error');
    const attempts = new HeardEvents<RedisReconnectAttemptEvent>('reconnect-attempt');
    const port = await freePort();
    const connection = await bench.idle({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 400 });
    const error = await failureOf(connection.ensureReadyClient());
    await made.until((all) => all.length > 0);
    expect(made.take()).toMatchObject([{ connection: 'default', callers: 1, outcome: error.redisErrorKind }]);
    await errors.until((all) => all.length > 1);
    await connection.close();
    expect(errors.events).toEqual(
      errors.events.map((_event, at) => ({ connection: 'default', kind: 'refused', attempt: at + 1 })),
    );
    expect(attempts.events.slice(0, 2)).toEqual(
      [1, 2].slice(0, attempts.events.length).map((attempt) => ({ connection: 'default', attempt })),
    );
    // the first attempt follows none
    expect(attempts.events.length).toBeGreaterThanOrEqual(errors.events.length - 1);
    releasePort(port);
  });

  it('tell of a loss, and of each attempt after it, as many as the server was asked', async () => {
    const proxy = await TcpProxy.start(server);
    const redis = await bench.open({ url: proxy.url });
    const errors = new HeardEvents<RedisConnectionErrorEvent>('connection-error');
    const attempts = new HeardEvents<RedisReconnectAttemptEvent>('reconnect-attempt');
    const states = new HeardEvents<RedisStateEvent>('state');
    const dialled = proxy.total;
    proxy.resetNew();
    proxy.reset();
    await errors.until((all) => all.length >= 2);
    const back = nextChange(redis, 'connected');
    await proxy.pass();
    await back;
    expect(errors.events[0]).toEqual({ connection: 'default', kind: 'connection-lost', attempt: 0 });
    expect(errors.events.slice(1).map(({ attempt }) => attempt)).toEqual(
      errors.events.slice(1).map((_e, at) => at + 1),
    );
    expect(attempts.events.map(({ attempt }) => attempt)).toEqual(attempts.events.map((_event, at) => at + 1));
    expect(attempts.events).toHaveLength(proxy.total - dialled);
    expect(attempts.events).toHaveLength(errors.events.length);
    expect(states.events.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'connected reconnecting',
      'reconnecting connected',
    ]);
    await redis.close();
    await proxy.stop();
  });

  it('tell of no failed attempt of a duplicate that asked nobody', async () => {
    const proxy = await TcpProxy.start(server);
    const redis = await bench.open({ url: proxy.url });
    await redis.duplicate('events');
    const errors = new HeardEvents<RedisConnectionErrorEvent>('connection-error');
    const dialled = proxy.total;
    const down = nextChange(redis, 'reconnecting');
    proxy.resetNew();
    proxy.reset();
    await down;
    await errors.until((all) => all.filter(({ attempt }) => attempt > 0).length >= 2);
    const ofDuplicate = errors.take().filter(({ connection }) => connection === 'default/events');
    expect(ofDuplicate).toEqual([{ connection: 'default/events', kind: 'connection-lost', attempt: 0 }]);
    expect(proxy.total).toBeGreaterThan(dialled);
    await redis.close();
    await proxy.stop();
  });

  it('tell of hits and misses and why, and not of the key', async () => {
    const reads = new HeardEvents<RedisCacheEvent>('cache');
    const redis = await bench.open({ url: server.url, keyPrefix: 'app:' });
    await redis.cacheSet('k', SECRET, { ttlMs: 60_000 });
    await redis.cacheGet('k');
    await redis.forTenant('t').cacheGet('k');
    await server.command('SET', 'app:broken', '{"half');
    await failureOf(redis.cacheGet('broken'));
    await server.command('LPUSH', 'app:list', 1);
    await failureOf(redis.cacheGet('list'));
    await redis.close();
    await redis.cacheGet('k');
    await failureOf(redis.cacheGet('k', { onUnavailable: 'throw' }));
    const miss = { connection: 'default', hit: false };
    expect(reads.events).toEqual([
      { connection: 'default', hit: true },
      { ...miss, reason: 'absent' },
      { ...miss, reason: 'corrupt', errorKind: 'serialization' },
      { ...miss, reason: 'redis_error', errorKind: 'wrong-type' },
      { ...miss, reason: 'redis_error', errorKind: 'closed' },
      { ...miss, reason: 'redis_error', errorKind: 'closed' },
    ]);
  });

  it('tell of the breaker', async () => {
    const breaker = new HeardEvents<RedisBreakerEvent>('breaker');
    const redis = await bench.open({ url: server.url, breaker: { failures: 1 }, watchdogIntervalMs: 60_000 });
    await server.freeze();
    await failureOf(redis.commands.get('k'));
    expect(breaker.take()).toEqual([{ connection: 'default', open: true }]);
    await server.thaw();
    await breaker.until((all) => all.length > 0);
    expect(breaker.events[0]).toEqual({ connection: 'default', open: false });
  });
});

describe('the events of a connection that is turned off', () => {
  const bench = new Bench('ioredis');

  it('tell of misses that are no error', async () => {
    const reads = new HeardEvents<RedisCacheEvent>('cache');
    const redis = await bench.open({ enabled: false });
    await redis.cacheGet('k');
    expect(reads.events).toEqual([{ connection: 'default', hit: false, reason: 'disabled', errorKind: 'disabled' }]);
  });
});
