import { getEventListeners } from 'node:events';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import type { EnsureReadyOptions } from '../../../lib/interfaces/redis-connection.interface.js';
import type { RedisState } from '../../../lib/interfaces/redis-state.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, failureOf, nextChange, recordStates, timed, untilState } from './bench.js';

const CALLERS = 1_000;

interface Ensurable {
  readonly state: RedisState;
  ensureReadyClient(options?: EnsureReadyOptions): Promise<RedisClient>;
}

const askMany = (redis: Ensurable): Promise<RedisClient>[] =>
  Array.from({ length: CALLERS }, () => redis.ensureReadyClient());

describeEachDriver('1000 simultaneous calls of ensureReadyClient', (driver) => {
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

  const expectOneClient = async (calls: Promise<RedisClient>[], attempts: number): Promise<void> => {
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    expect(proxy.total).toBe(attempts);
    expect(proxy.open).toBe(1);
    expect(await server.clientCount()).toBe(1);
  };

  it('from uninitialized: one client, one attempt, one socket', async () => {
    const redis = await bench.idle({ url: proxy.url });
    const states = recordStates(redis);
    expect(redis.state).toBe('uninitialized');
    await expectOneClient(askMany(redis), 1);
    expect(states.map(({ to }) => to)).toEqual(['connecting', 'connected']);
  });

  it('while connecting: they join the attempt in flight', async () => {
    proxy.delay(50);
    const redis = await bench.degraded({ url: proxy.url });
    expect(redis.state).toBe('connecting');
    await expectOneClient(askMany(redis), 1);
  });

  it('while connected: at once, and no attempt', async () => {
    const redis = await bench.open({ url: proxy.url });
    await expectOneClient(askMany(redis), 1);
  });

  it('while reconnecting: they wait for the one that comes', async () => {
    const redis = await bench.open({ url: proxy.url });
    const lost = nextChange(redis, 'reconnecting');
    proxy.reset();
    await lost;
    await expectOneClient(askMany(redis), 2);
  });

  it('after failed: one fresh attempt', async () => {
    await proxy.refuse();
    const redis = await bench.degraded({ url: proxy.url, connectTimeoutMs: 300 });
    const change = await nextChange(redis, 'failed');
    expect(change.error).toMatchObject({ redisErrorKind: 'refused' });
    const states = recordStates(redis);
    await proxy.pass();
    await expectOneClient(askMany(redis), 1);
    expect(states.at(-1)?.to).toBe('connected');
  });

  it('after failed and still no server: all are told alike, and may ask again', async () => {
    await proxy.refuse();
    const redis = await bench.degraded({ url: proxy.url, connectTimeoutMs: 300 });
    for (let round = 0; round < 2; round += 1) {
      const errors = await Promise.all(askMany(redis).map(failureOf));
      expect(new Set(errors.map(({ redisErrorKind }) => redisErrorKind))).toEqual(new Set(['refused']));
      expect(redis.state).toBe('failed');
    }
    await proxy.pass();
    await expectOneClient(askMany(redis), 1);
  });

  it('after closed: all are refused at once', async () => {
    const redis = await bench.open({ url: proxy.url });
    await redis.close();
    const ms = await timed(async () => {
      for (const error of await Promise.all(askMany(redis).map(failureOf))) {
        expect(error).toMatchObject({ redisErrorKind: 'closed', outcome: 'not-sent' });
      }
    });
    expect(ms).toBeLessThan(1_000);
    expect(redis.state).toBe('closed');
    expect(proxy.total).toBe(1);
  });

  it('while disabled: all are refused at once, naming the flag, and nobody dials', async () => {
    const redis = await bench.open({ url: proxy.url, enabled: false });
    for (const error of await Promise.all(askMany(redis).map(failureOf))) {
      expect(error).toMatchObject({ redisErrorKind: 'disabled', outcome: 'not-sent' });
      expect(error.message).toContain('enabled: false');
    }
    expect(redis.state).toBe('disabled');
    expect(proxy.total).toBe(0);
  });
});

describeEachDriver('one caller of ensureReadyClient', (driver) => {
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

  it('may stop to wait, and the others go on', async () => {
    proxy.silent();
    const redis = await bench.degraded({ url: proxy.url, connectTimeoutMs: 1_000 });
    const stop = new AbortController();
    const stopped = failureOf(redis.ensureReadyClient({ signal: stop.signal }));
    const impatient = failureOf(redis.ensureReadyClient({ timeoutMs: 50 }));
    const patient = redis.ensureReadyClient({ timeoutMs: 10_000 }).catch(() => redis.ensureReadyClient());
    stop.abort(new Error('no longer needed'));
    expect(await stopped).toMatchObject({ redisErrorKind: 'unavailable', code: 'ABORT_ERR', outcome: 'not-sent' });
    expect(await impatient).toMatchObject({ redisErrorKind: 'connect-timeout' });
    expect(redis.state).toBe('connecting');
    await proxy.pass();
    await patient;
    expect(await server.clientCount()).toBe(1);
  });

  it('that had stopped before it asked starts nothing', async () => {
    const redis = await bench.idle({ url: proxy.url });
    const error = await failureOf(redis.ensureReadyClient({ signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ABORT_ERR' });
    expect(redis.state).toBe('uninitialized');
    expect(proxy.total).toBe(0);
  });

  it('leaves no listener on a signal that lives longer', async () => {
    const redis = await bench.open({ url: proxy.url });
    const stop = new AbortController();
    for (let n = 0; n < 50; n += 1) await redis.ensureReadyClient({ signal: stop.signal });
    proxy.silent();
    const lost = nextChange(redis, 'reconnecting');
    proxy.reset();
    await lost;
    const waits = Array.from({ length: 50 }, () =>
      failureOf(redis.ensureReadyClient({ signal: stop.signal, timeoutMs: 20 })),
    );
    await Promise.all(waits);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  it('gets the live client, or a clear error once it has ended', async () => {
    const redis = await bench.open({ url: proxy.url });
    const client = redis.getClient();
    expect(client).toBe(await redis.ensureReadyClient());
    await server.kill();
    await untilState(redis, 'reconnecting');
    expect(() => redis.getClient()).toThrow(/not connected to .* \(reconnecting\)/);
    await server.restart();
    await untilState(redis, 'connected');
    expect(redis.getClient()).toBe(client);
    await redis.close();
    expect(() => redis.getClient()).toThrow(/closed by its owner/);
  });

  it('may begin afresh from a listener of the failure, and others hear the changes in order', async () => {
    await proxy.refuse();
    const redis = await bench.degraded({ url: proxy.url, connectTimeoutMs: 700 });
    let retried: Promise<RedisClient> | undefined;
    redis.state$.subscribe(({ to }) => {
      if (to === 'failed') retried ??= redis.ensureReadyClient({ timeoutMs: 5_000 });
    });
    const heard = recordStates(redis);
    await nextChange(redis, 'failed');
    await proxy.pass();
    await retried;
    const path = heard.map(({ from, to }) => `${from}>${to}`);
    expect(path.slice(0, 2)).toEqual(['connecting>failed', 'failed>connecting']);
    for (let n = 1; n < heard.length; n += 1) expect(heard[n]?.from).toBe(heard[n - 1]?.to);
  });
});
