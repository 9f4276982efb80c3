import { createClient } from 'redis';
import { Registry, type OpenMetricsContentType } from 'prom-client';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf } from '../connection/bench.js';
import { MetricsApp } from './metrics-app.js';

describeEachDriver('the metrics', (driver) => {
  let server: RedisTestServer;
  let app: MetricsApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(async () => {
    await server.command('FLUSHALL');
    app = await MetricsApp.start({ driver, url: server.url });
  });
  afterEach(() => app.stop());
  afterAll(() => server.stop());

  it('are there with 0 before anything happened', async () => {
    expect(await app.value('redis_cache_hit_total')).toBe(0);
    expect(await app.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(0);
    expect(await app.value('redis_connection_errors_total', { kind: 'refused' })).toBe(0);
    expect(await app.value('redis_reconnection_attempts_total')).toBe(0);
    expect(await app.value('llm_context_cache_hit', { source: 'redis' })).toBe(0);
    expect(await app.value('llm_context_cache_miss', { reason: 'cold', error_type: 'none' })).toBe(0);
    expect(await app.value('redis_session_replays_total', { to: 'redis', outcome: 'ok' })).toBe(0);
    expect(await app.value('redis_session_dirty')).toBe(0);
    expect(await app.value('redis_breaker_open')).toBe(0);
  });

  it('count hits, misses and commands', async () => {
    await app.redis.cacheSet('k', 1, { ttlMs: 60_000 });
    await app.redis.cacheGet('k');
    await app.redis.cacheGet('k');
    await app.redis.cacheGet('none');
    await server.command('SET', 'broken', '{');
    await failureOf(app.redis.cacheGet('broken'));
    await failureOf(app.redis.commands.lrange('k', 0, 1));
    expect(await app.value('redis_cache_hit_total')).toBe(2);
    expect(await app.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(1);
    expect(await app.value('redis_cache_miss_total', { reason: 'corrupt', error_type: 'serialization' })).toBe(1);
    const count = 'redis_operation_duration_ms_count';
    expect(await app.value(count, { operation: 'get', outcome: 'ok' })).toBe(4);
    expect(await app.value(count, { operation: 'set', outcome: 'ok' })).toBe(1);
    expect(await app.value(count, { operation: 'lrange', outcome: 'error' })).toBe(1);
    expect(await app.value('redis_operation_errors_total', { operation: 'lrange', error_type: 'wrong-type' })).toBe(1);
  });

  it('count the first connection, which was made before the modules were ready', async () => {
    expect(await app.value('redis_initialization_duration_ms_count', { outcome: 'ok' })).toBe(1);
    expect(await app.value('redis_concurrent_initialization_attempts')).toBe(1);
    const state = async (name: string): Promise<number | undefined> =>
      app.value('redis_connection_state', { state: name });
    expect([await state('connected'), await state('reconnecting'), await state('disabled')]).toEqual([1, 0, 0]);
  });

  it('count reads of chats, and the messages that they returned', async () => {
    const said = (content: string) => ({ role: 'user', content }) as const;
    await app.context.append('c', [said('1'), said('2'), said('3')]);
    await app.context.read('c');
    await app.context.read('c', 2);
    await app.context.read('other');
    expect(await app.value('llm_context_cache_hit', { source: 'redis' })).toBe(2);
    expect(await app.value('llm_context_cache_miss', { reason: 'cold', error_type: 'none' })).toBe(1);
    expect(await app.value('llm_context_messages_sum', { source: 'redis' })).toBe(5);
    expect(await app.value('llm_context_messages_count', { source: 'redis' })).toBe(2);
    expect(await app.value('llm_context_messages_bucket', { source: 'redis', le: '2' })).toBe(1);
    expect(await app.value('llm_context_messages_count', { source: 'none' })).toBe(1);
  });

  it('tell of the sockets that the server counts', async () => {
    const size = (purpose: string) => app.value('redis_connection_pool_size', { purpose });
    expect(await size('client')).toBe(1);
    const events = await app.redis.duplicate('events');
    await app.redis.duplicate('events');
    await app.redis.duplicate('jobs');
    expect([await size('client'), await size('events'), await size('jobs')]).toEqual([1, 2, 1]);
    expect(await server.clientCount()).toBe(4);
    // a duplicate's is none of the first connection
    expect(await app.value('redis_initialization_duration_ms_count', { outcome: 'ok' })).toBe(1);
    await app.redis.release(events);
    expect(await size('events')).toBe(1);
    await eventually(async () => (await server.clientCount()) === 3);
  });

  it('tell what the server says', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '1gb');
    const text = await app.scrape();
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(text).toContain('redis_up{connection="default"} 1');
    expect(text).toMatch(/^redis_memory_used_bytes\{connection="default"\} \d{6,}$/m);
    expect(text).toContain(`redis_memory_max_bytes{connection="default"} ${2 ** 30}`);
    expect(text).toMatch(/^redis_memory_used_ratio\{connection="default"\} 0\.00\d+$/m);
    expect(text).toContain('redis_evicted_keys_total{connection="default"} 0');
    expect(text).toContain('redis_connected_clients{connection="default"} ');
    expect(text).toContain('redis_server_role{connection="default",role="master"} 1');
    expect(text).not.toMatch(/^redis_replication_lag_bytes\{/m);
    expect(await app.value('redis_memory_max_bytes')).toBeUndefined();
  });

  it('are once in a registry, however many apps share it, and gone with the last', async () => {
    const second = await MetricsApp.start({ driver, url: server.url }, { registry: app.registry });
    await second.redis.cacheGet('k');
    expect(await app.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(1);
    await second.stop();
    await app.redis.cacheGet('k');
    expect(await app.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(2);
    const { registry } = app;
    await app.stop();
    expect(registry.getMetricsAsArray()).toEqual([]);
    app = await MetricsApp.start({ driver, url: server.url }, { registry });
    expect(await app.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(0);
  });

  it('speak OpenMetrics where the registry does', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const open = await MetricsApp.start({ driver, url: server.url }, { registry });
    await open.scrape();
    expect(await open.value('redis_cache_hit_total')).toBe(0);
    await open.stop();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('count what lives on a client that was handed in', async () => {
    const client = createClient({ url: server.url });
    await client.connect();
    const lent = await MetricsApp.start({ client });
    await lent.redis.cacheGet('k');
    expect(await lent.value('redis_cache_miss_total', { reason: 'absent', error_type: 'none' })).toBe(1);
    expect(await lent.value('redis_up')).toBe(1);
    await lent.stop();
    client.destroy();
  });
});
