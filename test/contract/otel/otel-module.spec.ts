import { context, metrics, trace } from '@opentelemetry/api';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { DynamicModule, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { channel } from 'node:diagnostics_channel';
import { RedisOtelModule } from '../../../lib/otel/index.js';
import { getRedisServiceToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { RedisService } from '../../../lib/redis.service.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf } from '../connection/bench.js';
import { propagateContext, Telemetry } from './telemetry.js';

type Import = DynamicModule | Type;

/** Throws whatever it is asked, at once or once it was made. */
function broken<T extends object>(left = 0): T {
  return new Proxy(() => undefined, {
    get: (_target, name) => (name === 'then' ? undefined : broken(left)),
    apply: () => {
      if (left <= 0) throw new Error('hidden-payload');
      return broken(left - 1);
    },
  }) as unknown as T;
}

describe('RedisOtelModule', () => {
  let server: RedisTestServer;
  let telemetry: Telemetry;
  const modules: TestingModule[] = [];
  const said: string[] = [];

  propagateContext();
  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(() => {
    telemetry = new Telemetry();
  });
  afterEach(async () => {
    for (const module of modules.splice(0)) await module.close();
    await telemetry.stop();
    metrics.disable();
    trace.disable();
    said.length = 0;
  });
  afterAll(() => server.stop());

  async function boot(...imports: readonly Import[]): Promise<TestingModule> {
    const say = (text: unknown): void => void said.push(String(text));
    const module = await Test.createTestingModule({ imports: [...imports] })
      .setLogger({ log: () => undefined, warn: say, error: say })
      .compile();
    modules.push(module);
    await module.init();
    return module;
  }

  const redis = (options: object = {}): DynamicModule => RedisModule.forRoot({ url: server.url, ...options });
  const providers = (of = telemetry): { meterProvider: MeterProvider; tracerProvider: TracerProvider } => {
    const { meterProvider, tracerProvider } = of;
    return { meterProvider, tracerProvider };
  };

  it('tells named connections apart, and tells of those that it is told to', async () => {
    const other = new Telemetry();
    const app = await boot(
      redis(),
      redis({ name: 'reports' }),
      RedisOtelModule.forRoot(providers()),
      RedisOtelModule.forRootAsync({ useFactory: () => ({ ...providers(other), connection: 'reports' }) }),
    );
    const reports = app.get<RedisService>(getRedisServiceToken('reports'));
    telemetry.forget();
    await app.get(RedisService).cacheGet('k');
    await reports.cacheGet('k');
    const calls = (await telemetry.spans()).filter(({ name }) => name === 'redis.cache get');
    expect(calls.map(({ attributes }) => attributes['nestjs_redis_hub.connection'])).toEqual(['default', 'reports']);
    const own = (await other.spans()).filter(({ name }) => name === 'redis.cache get');
    expect(own.map(({ attributes }) => attributes['nestjs_redis_hub.connection'])).toEqual(['reports']);
    const miss = { reason: 'absent', error_type: 'none' };
    expect(await telemetry.value('redis_cache_miss_total', miss)).toBe(1);
    expect(await telemetry.value('redis_cache_miss_total', { ...miss, connection: 'reports' })).toBe(1);
    expect(await other.value('redis_cache_miss_total', { ...miss, connection: 'default' })).toBeUndefined();
    await other.stop();
  });

  it('takes the global providers where it is given none', async () => {
    metrics.setGlobalMeterProvider(telemetry.meterProvider);
    trace.setGlobalTracerProvider(telemetry.tracerProvider);
    const app = await boot(redis(), RedisOtelModule);
    await app.get(RedisService).cacheGet('k');
    expect((await telemetry.span('redis.cache get')).ended).toBe(true);
    expect(await telemetry.value('redis_up')).toBe(1);
  });

  it('makes each span and each count once where it is imported twice', async () => {
    const app = await boot(
      redis(),
      RedisOtelModule.forRoot(providers()),
      RedisOtelModule.forRoot({ ...providers(), timeoutMs: 500 }),
    );
    await app.get(RedisService).cacheGet('k');
    expect(await telemetry.below('redis.cache get', 2)).toEqual(['GET', 'PING']);
    expect(await telemetry.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(1);
  });

  it('leaves out what is turned off', async () => {
    const app = await boot(
      redis(),
      RedisOtelModule.forRoot({ ...providers(), meterProvider: false, driverSpans: false }),
    );
    expect(channel('tracing:ioredis:command:start').hasSubscribers).toBe(false);
    await app.get(RedisService).cacheGet('k');
    expect((await telemetry.spans()).map(({ name }) => name)).toEqual(['redis.connection connect', 'redis.cache get']);
    expect(await telemetry.collect()).toEqual([]);
    await boot(redis({ name: 'other' }), RedisOtelModule.forRoot({ ...providers(), tracerProvider: false }));
    expect(await telemetry.value('redis_up', { connection: 'other' })).toBe(1);
  });

  it("makes spans without a context manager too, the driver's below those of the calls", async () => {
    context.disable();
    const app = await boot(redis(), RedisOtelModule.forRoot(providers()));
    await app.get(RedisService).cacheGet('k');
    expect(await telemetry.below('redis.cache get', 2)).toEqual(['GET', 'PING']);
  });

  it.each([0, 1, 2, 3])('harms nobody by providers that throw after %i calls', async (calls) => {
    const meterProvider = { getMeter: broken<MeterProvider['getMeter']>(calls) };
    const tracerProvider = { getTracer: broken<TracerProvider['getTracer']>(calls) };
    const app = await boot(redis(), RedisOtelModule.forRoot({ meterProvider, tracerProvider }));
    const service = app.get(RedisService);
    await service.cacheSet('k', 1, { ttlMs: 60_000 });
    expect(await service.cacheGet('k')).toEqual({ hit: true, value: 1 });
    expect(await failureOf(service.getRecent('k', 1))).toMatchObject({ redisErrorKind: 'wrong-type' });
    await service.cacheDelete('k');
    expect(said.join()).not.toContain('hidden');
    const ofSdk = said.filter((line) => line.includes('OpenTelemetry'));
    const expected = [expect.stringContaining('no metrics'), expect.stringContaining('no spans')];
    expect(ofSdk).toEqual(expected.slice(0, [2, 1][calls] ?? 0));
  });

  it('says nothing of a server where Redis is turned off', async () => {
    const app = await boot(RedisModule.forRoot({ enabled: false }), RedisOtelModule.forRoot(providers()));
    await app.get(RedisService).cacheGet('k');
    expect((await telemetry.span('redis.cache get')).attributes).toMatchObject({
      'nestjs_redis_hub.reason': 'disabled',
      'nestjs_redis_hub.error_type': 'disabled',
    });
    expect(await telemetry.value('redis_up')).toBeUndefined();
    expect(await telemetry.value('redis_connection_state', { state: 'disabled' })).toBe(1);
  });

  it('refuses to boot for a connection that is not there, and for options that it cannot work with', async () => {
    const off = RedisModule.forRoot({ enabled: false });
    expect(await failureOf(boot(off, RedisOtelModule.forRoot({ connection: ['default', 'other'] })))).toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining("no connection 'other'"),
    });
    expect(await failureOf(boot(RedisOtelModule))).toMatchObject({
      message: expect.stringContaining('finds no connection.'),
    });
    const faulty = {
      meterProvider: {},
      tracerProvider: true,
      driverSpans: 1,
      connection: [],
      timeoutMs: 0,
      prefix: 'x',
    };
    expect(await failureOf(boot(off, RedisOtelModule.forRoot(faulty as never)))).toMatchObject({
      message: expect.stringMatching(
        /meterProvider must.*tracerProvider must.*driverSpans must.*connection must.*timeoutMs must.*prefix is not an option/,
      ),
    });
  });
});
