import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { Controller, Get, Header } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { Counter, register, Registry } from 'prom-client';
import { RedisMetricsModule } from '../../../lib/metrics/index.js';
import { getRedisServiceToken } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { RedisService } from '../../../lib/redis.service.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf } from '../connection/bench.js';
import { valueOf } from './metrics-app.js';

type Import = DynamicModule | Type;
const MISS = { reason: 'absent', error_type: 'none' };

@Controller('metrics')
class BareController {
  @Get()
  @Header('content-type', register.contentType)
  read(): Promise<string> {
    return register.metrics();
  }
}

describe('RedisMetricsModule', () => {
  let server: RedisTestServer;
  const apps: INestApplication[] = [];

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    register.clear();
  });
  afterAll(() => server.stop());

  async function boot(imports: readonly Import[], controllers: Type[] = []): Promise<INestApplication> {
    const module = await Test.createTestingModule({ imports: [...imports], controllers }).compile();
    const app = module.createNestApplication({ logger: false });
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async function get(app: INestApplication, path: string): Promise<{ text: string; type: string | null }> {
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { text: await response.text(), type: response.headers.get('content-type') };
  }

  const redis = (options: object = {}): DynamicModule => RedisModule.forRoot({ url: server.url, ...options });

  it('is served by a bare controller from the registry of prom-client', async () => {
    const app = await boot([redis(), RedisMetricsModule], [BareController]);
    await app.get(RedisService).cacheGet('k');
    const { text, type } = await get(app, '/metrics');
    // Express 4 and 5 write them in another order.
    expect(parametersOf(type)).toEqual(parametersOf(register.contentType));
    expect(valueOf(text, 'redis_cache_miss_total', { connection: 'default', ...MISS })).toBe(1);
  });

  it('tells named connections apart, and tells of those that it is told to', async () => {
    const registry = new Registry();
    const other = new Registry();
    const app = await boot([
      redis(),
      redis({ name: 'reports' }),
      RedisMetricsModule.forRoot({ registry }),
      RedisMetricsModule.forRootAsync({ useFactory: () => ({ registry: other, connection: 'reports' }) }),
    ]);
    const reports = app.get<RedisService>(getRedisServiceToken('reports'));
    await app.get(RedisService).cacheGet('k');
    await Promise.all([reports.cacheGet('k'), reports.cacheGet('k')]);
    const [both, one] = await Promise.all([registry.metrics(), other.metrics()]);
    expect(valueOf(both, 'redis_cache_miss_total', { connection: 'default', ...MISS })).toBe(1);
    expect(valueOf(both, 'redis_cache_miss_total', { connection: 'reports', ...MISS })).toBe(2);
    expect(valueOf(one, 'redis_cache_miss_total', { connection: 'reports', ...MISS })).toBe(2);
    expect(one).not.toContain('connection="default"');
    expect(valueOf(both, 'redis_up', { connection: 'reports' })).toBe(1);
  });

  it('tells of replicas, how far they are behind, and of a server that is one', async () => {
    const replica = await RedisTestServer.start();
    await server.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
    await replica.command('REPLICAOF', '127.0.0.1', server.port);
    await boot([redis(), RedisModule.forRoot({ name: 'copy', url: replica.url }), RedisMetricsModule]);
    const value = async (name: string, labels: Record<string, string>): Promise<number | undefined> =>
      valueOf(await register.metrics(), name, labels);
    await eventually(async () => (await value('redis_replication_lag_bytes', { connection: 'default' })) === 0);
    expect(await value('redis_connected_replicas', { connection: 'default' })).toBe(1);
    expect(await value('redis_server_role', { connection: 'copy', role: 'replica' })).toBe(1);
    expect(await value('redis_replication_lag_bytes', { connection: 'copy' })).toBeUndefined();
    for (const app of apps.splice(0)) await app.close();
    await replica.stop();
  });

  it('counts once where it is imported twice', async () => {
    const app = await boot([redis(), RedisMetricsModule, RedisMetricsModule.forRoot({ timeoutMs: 500 })]);
    await app.get(RedisService).cacheGet('k');
    const text = await register.metrics();
    expect(valueOf(text, 'redis_cache_miss_total', { connection: 'default', ...MISS })).toBe(1);
    expect(text).toContain('redis_connection_pool_size{connection="default",purpose="client"} 1');
  });

  it('says that Redis is turned off, and that nothing is wrong', async () => {
    const app = await boot([RedisModule.forRoot({ enabled: false }), RedisMetricsModule]);
    await app.get(RedisService).cacheGet('k');
    const text = await register.metrics();
    expect(text).toContain('redis_connection_state{connection="default",state="disabled"} 1');
    expect(text).not.toMatch(/^redis_up\{/m);
    const labels = { connection: 'default', reason: 'disabled', error_type: 'disabled' };
    expect(valueOf(text, 'redis_cache_miss_total', labels)).toBe(1);
  });

  it('refuses to boot for a connection that is not there, and for options that it cannot work with', async () => {
    const refusal = (...imports: Import[]): Promise<unknown> => failureOf(boot(imports));
    const off = RedisModule.forRoot({ enabled: false });
    expect(await refusal(off, RedisMetricsModule.forRoot({ connection: ['default', 'other'] }))).toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining("no connection 'other'"),
    });
    expect(await refusal(RedisMetricsModule)).toMatchObject({
      message: expect.stringContaining('find no connection.'),
    });
    const faulty = { registry: {}, connection: '', timeoutMs: 0, prefix: 'x' };
    expect(await refusal(off, RedisMetricsModule.forRoot(faulty as never))).toMatchObject({
      message: expect.stringMatching(/registry must.*connection must.*timeoutMs must.*prefix is not an option/),
    });
  });

  it('refuses a registry that has another metric of its names, and leaves nothing there', async () => {
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'redis_cache_hit_total', help: 'of the app', registers: [] }));
    const off = RedisModule.forRoot({ enabled: false });
    expect(await failureOf(boot([off, RedisMetricsModule.forRoot({ registry })]))).toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('redis_cache_hit_total'),
    });
    expect(registry.getMetricsAsArray()).toHaveLength(1);
  });
});

function parametersOf(contentType: string | null): string[] {
  return (contentType ?? '').split('; ').toSorted();
}
