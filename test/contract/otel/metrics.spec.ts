import { DataPointType } from '@opentelemetry/sdk-metrics';
import type { Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import { Registry } from 'prom-client';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { channel } from 'node:diagnostics_channel';
import { RedisMetricsModule } from '../../../lib/metrics/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf, nextChange } from '../connection/bench.js';
import { OtelApp } from './otel-app.js';
import { seriesOf } from './telemetry.js';

const CHANNELS = ['cache', 'operation', 'state', 'context:read', 'trace'].map((name) => `nestjs-redis-hub:${name}`);
const MISS = { reason: 'absent', error_type: 'none' };

type Exported = MetricObjectWithValues<MetricValue<string> & { readonly metricName?: string }>;

/** The series of a metric of prom-client, without the parts of a distribution. */
function prometheusSeries({ type, values }: Exported): string[] {
  const whole =
    (type as unknown) === 'histogram' ? values.filter(({ metricName = '' }) => metricName.endsWith('_count')) : values;
  return whole.map(({ labels }) => seriesOf(labels as Record<string, string>)).toSorted();
}

function series({ dataPoints }: MetricData): string[] {
  return dataPoints.map(({ attributes }) => seriesOf(attributes)).toSorted();
}

describeEachDriver('the metrics by OpenTelemetry', (driver) => {
  let server: RedisTestServer;

  beforeAll(async () => {
    server = await RedisTestServer.start({ config: ['maxmemory 1gb'] });
  });
  beforeEach(() => server.command('FLUSHALL'));
  afterAll(() => server.stop());

  it('are those of Prometheus, with the same labels and counts', async () => {
    const registry = new Registry();
    const app = await OtelApp.start(
      { driver, url: server.url },
      { imports: [RedisMetricsModule.forRoot({ registry })] },
    );
    await app.redis.duplicate('events');
    await app.redis.cacheSet('k', 1, { ttlMs: 60_000 });
    await app.redis.cacheGet('k');
    await app.redis.cacheGet('none');
    await failureOf(app.redis.commands.lrange('k', 0, 1));
    await app.sessions.set('s', {});
    await app.context.append('c', { role: 'user', content: 'hello' });
    await app.context.read('c');
    await app.context.read('other');
    const theirs = (await registry.getMetricsAsJSON()) as unknown as Exported[];
    const ours = new Map((await app.telemetry.collect()).map((metric) => [metric.descriptor.name, metric]));
    const present = theirs.filter(({ values }) => values.length > 0);
    expect([...ours.keys()].toSorted()).toEqual(present.map(({ name }) => name).toSorted());
    expect(present.length).toBeGreaterThan(25);
    for (const metric of present) {
      const own = ours.get(metric.name) as MetricData;
      expect([metric.name, own.descriptor.description]).toEqual([metric.name, metric.help]);
      // the scrape that was first asked something
      const isAsked = metric.name.startsWith('redis_operation');
      if (!isAsked) expect([metric.name, ...series(own)]).toEqual([metric.name, ...prometheusSeries(metric)]);
      if ((metric.type as unknown) !== 'counter' || isAsked) continue;
      for (const { labels, value } of metric.values) {
        const point = own.dataPoints.find(
          ({ attributes }) => seriesOf(attributes) === seriesOf(labels as Record<string, string>),
        );
        expect([metric.name, labels, point?.value]).toEqual([metric.name, labels, value]);
      }
    }
    await app.stop();
  });

  it('have instruments and units that fit', async () => {
    const app = await OtelApp.start({ driver, url: server.url });
    await app.redis.cacheGet('k');
    await app.context.append('c', { role: 'user', content: 'hello' });
    await app.context.read('c');
    const metrics = new Map((await app.telemetry.collect()).map((metric) => [metric.descriptor.name, metric]));
    const of = (name: string): readonly unknown[] => {
      const metric = metrics.get(name);
      return [metric?.dataPointType, metric?.descriptor.unit];
    };
    expect(of('redis_operation_duration_ms')).toEqual([DataPointType.HISTOGRAM, 'ms']);
    expect(of('redis_memory_used_bytes')).toEqual([DataPointType.GAUGE, 'By']);
    expect(of('redis_memory_used_ratio')).toEqual([DataPointType.GAUGE, '1']);
    expect(of('redis_connection_state')).toEqual([DataPointType.GAUGE, '']);
    expect(of('redis_cache_hit_total')).toEqual([DataPointType.SUM, '']);
    expect(of('redis_evicted_keys_total')).toEqual([DataPointType.SUM, '']);
    const duration = await app.telemetry.value('redis_operation_duration_ms', { operation: 'get', outcome: 'ok' });
    expect(duration).toMatchObject({ count: 1, buckets: { boundaries: expect.arrayContaining([0.25, 2_500]) } });
    const messages = (await app.telemetry.value('llm_context_messages', { source: 'redis' })) as Histogram;
    expect([messages.count, messages.sum]).toEqual([1, 1]);
    await app.stop();
  });

  it('are collected within the deadline while the server is frozen', async () => {
    const patient = { commandTimeoutMs: 30_000, watchdogIntervalMs: 60_000 };
    const app = await OtelApp.start({ driver, url: server.url, ...patient }, { otel: { timeoutMs: 300 } });
    await server.freeze();
    const startedAt = performance.now();
    const [one, other] = await Promise.all([app.telemetry.collect(), app.telemetry.collect()]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await server.thaw();
    for (const metrics of [one, other]) {
      const up = metrics.find(({ descriptor }) => descriptor.name === 'redis_up');
      expect(up?.dataPoints.map(({ value }) => value)).toEqual([0]);
      expect(metrics.map(({ descriptor }) => descriptor.name)).not.toContain('redis_connected_clients');
    }
    expect(await app.telemetry.value('redis_up')).toBe(1);
    await app.stop();
  });

  it('tell of a tier that answers no longer as 0, for the SDK would go on to tell of it', async () => {
    const app = await OtelApp.start({ driver, url: server.url });
    const tier = (name: string): Promise<unknown> =>
      app.telemetry.value('redis_consumer_tier', { consumer: 'session', tier: name });
    expect([await tier('redis'), await tier('memory')]).toEqual([1, undefined]);
    const lost = nextChange(app.connection, 'reconnecting');
    await server.kill();
    await lost;
    expect([await tier('redis'), await tier('memory')]).toEqual([0, 1]);
    expect(await app.telemetry.value('redis_connection_pool_size', { purpose: 'client' })).toBe(0);
    expect(await app.telemetry.value('redis_up')).toBe(0);
    await app.stop();
    await server.restart();
  });

  it('go on where they were when an application is started again, and are fed no longer when it is closed', async () => {
    const app = await OtelApp.start({ driver, url: server.url });
    const { meterProvider } = app.telemetry;
    const second = await OtelApp.start({ driver, url: server.url }, { otel: { meterProvider } });
    await second.redis.cacheGet('none');
    expect(await app.telemetry.value('redis_cache_miss_total', MISS)).toBe(1);
    await second.stop();
    await app.redis.cacheGet('none');
    expect(await app.telemetry.value('redis_cache_miss_total', MISS)).toBe(2);
    await app.module.close();
    expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual([]);
    await app.redis.cacheGet('none');
    expect(await app.telemetry.value('redis_cache_miss_total', MISS)).toBe(2);
    const third = await OtelApp.start({ driver, url: server.url }, { otel: { meterProvider } });
    await third.redis.cacheGet('none');
    expect(await app.telemetry.value('redis_cache_miss_total', MISS)).toBe(3);
    expect(await app.telemetry.value('redis_up')).toBe(1);
    await third.stop();
    await app.stop();
  });
});
