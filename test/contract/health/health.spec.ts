import type { RedisModuleRootOptions } from '../../../lib/redis.module-definition.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { RedisTestServerOptions } from '../../support/redis-server.js';
import { degradedHealth } from '../../support/terminus.js';
import { HealthApp } from './health-app.js';

const PASSWORD = 'correct-horse-battery';
const DEGRADED = degradedHealth();

describeEachDriver('GET /health', (driver) => {
  let server: RedisTestServer;
  let app: HealthApp;

  afterEach(async () => {
    await app.stop();
    await server.stop();
  });

  async function start(options: RedisTestServerOptions = {}, redis: RedisModuleRootOptions = {}): Promise<void> {
    server = await RedisTestServer.start(options);
    app = await HealthApp.start({ driver, url: server.url, ...redis });
  }

  it('is 200 and up, with what an operator asks for and no secret, on the one socket', async () => {
    await start({ password: PASSWORD });
    app.addConsumer(true, false);
    const { code, status, redis, body } = await app.get();
    expect({ code, status, redis }).toEqual({
      code: 200,
      status: 'ok',
      redis: {
        status: 'up',
        state: 'connected',
        latencyMs: expect.any(Number),
        role: 'master',
        memory: { usedBytes: expect.any(Number) },
        driver,
        endpoint: `127.0.0.1:${server.port}`,
        sockets: { client: 1 },
        consumers: [{ name: 'feature', required: true, tier: 'redis' }],
      },
    });
    expect(body).not.toContain(PASSWORD);
    expect(await server.clientCount()).toBe(1);
  });

  it('is 503 and down in time when the server is killed, 200 and up when it is back', async () => {
    await start({ password: PASSWORD });
    await app.during('reconnecting', () => server.kill());
    const { code, status, redis, body } = await app.get();
    expect({ code, status }).toEqual({ code: 503, status: 'error' });
    expect(redis).toMatchObject({
      status: 'down',
      state: 'reconnecting',
      sockets: { client: 0 },
      message: 'Redis is out.',
    });
    expect(redis.error).toMatch(/^(refused|connection-lost)$/);
    expect(redis).not.toHaveProperty('latencyMs');
    expect(body).not.toContain(PASSWORD);
    await app.during('connected', () => server.restart());
    expect(await app.get()).toMatchObject({ code: 200, redis: { status: 'up' } });
  });

  it('is 200 and degraded when every required feature serves from a fallback, 503 when one has none', async () => {
    await start();
    app.addConsumer(true, true);
    app.addConsumer(false, false);
    await app.during('reconnecting', () => server.kill());
    expect(await app.get()).toMatchObject({
      code: 200,
      status: DEGRADED.status,
      redis: { ...DEGRADED.redis, consumers: [{ tier: 'memory' }, { required: false, tier: 'none' }] },
    });
    app.addConsumer(true, false);
    expect(await app.get()).toMatchObject({ code: 503, redis: { status: 'down' } });
  });

  it('answers within its deadline while the server is frozen, and opens no connection', async () => {
    await start({}, { commandTimeoutMs: 30_000, watchdogIntervalMs: 60_000 });
    const probe = await server.connect();
    await server.freeze();
    const startedAt = performance.now();
    expect(await app.get()).toMatchObject({ code: 503, redis: { status: 'down', error: 'command-timeout' } });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await server.thaw();
    const clients = String(await probe.call('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    expect(clients.filter((client) => client.includes(`user=${server.user}`))).toHaveLength(1);
    probe.close();
    expect(await app.get()).toMatchObject({ code: 200 });
  });

  it('is degraded on a replica, as soon as the server is one', async () => {
    await start();
    expect(await app.get()).toMatchObject({ redis: { role: 'master' } });
    await server.command('REPLICAOF', '127.0.0.1', '1');
    expect(await app.get()).toMatchObject({
      code: 200,
      redis: { ...DEGRADED.redis, role: 'replica', error: 'read-only' },
    });
    await server.command('REPLICAOF', 'NO', 'ONE');
    expect(await app.get()).toMatchObject({ code: 200, redis: { status: 'up', role: 'master' } });
  });

  it('is degraded when the server cannot save, though PING fails', async () => {
    // The file to save to is a directory that is there, so that every save fails, also for root.
    await start({ appendonly: true, config: ['dbfilename appendonlydir', 'save 3600 1'] });
    app.addConsumer(true, false);
    await server.command('BGSAVE');
    await eventually(async () => String(await server.command('INFO', 'persistence')).includes('bgsave_status:err'));
    expect(await app.get()).toMatchObject({
      code: 200,
      redis: {
        ...DEGRADED.redis,
        state: 'connected',
        error: 'misconfigured',
        memory: { usedBytes: expect.any(Number) },
      },
    });
  });

  it('is degraded when the server is full and refuses writes, not when it evicts', async () => {
    await start();
    await server.command('CONFIG', 'SET', 'maxmemory', '100kb');
    expect(await app.get()).toMatchObject({
      code: 200,
      redis: { ...DEGRADED.redis, error: 'out-of-memory', memory: { maxBytes: 102_400 } },
    });
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await app.get()).toMatchObject({ code: 200, redis: { status: 'up' } });
  });

  it('is degraded from the share of memory that the module was told', async () => {
    server = await RedisTestServer.start({ config: ['maxmemory 1gb'] });
    app = await HealthApp.start({ driver, url: server.url }, { maxMemoryRatio: 0.000_1 });
    expect(await app.get()).toMatchObject({
      code: 200,
      status: DEGRADED.status,
      redis: { ...DEGRADED.redis, memory: { maxBytes: 2 ** 30 } },
    });
  });

  it('leaves out what the user may not ask', async () => {
    await start(
      { acl: [`app on >${PASSWORD} ~* +@all -info`, 'default off'] },
      { username: 'app', password: PASSWORD },
    );
    const { code, redis, body } = await app.get();
    expect({ code, status: redis.status }).toEqual({ code: 200, status: 'up' });
    expect(redis).not.toHaveProperty('memory');
    expect(body).not.toContain(PASSWORD);
  });

  it('is down by the kind of a refused login, without the password', async () => {
    await start({ password: PASSWORD }, { password: 'wrong-horse', boot: 'degrade' });
    await eventually(() => app.connection.state === 'failed');
    const { code, redis, body } = await app.get();
    expect({ code, status: redis.status, error: redis.error }).toEqual({ code: 503, status: 'down', error: 'auth' });
    expect(body).not.toMatch(/horse/);
  });
});

describe('GET /health when Redis is turned off', () => {
  it('is up, and degraded when a required feature cannot do without', async () => {
    const app = await HealthApp.start({ enabled: false });
    app.addConsumer(true, true);
    expect(await app.get()).toMatchObject({
      code: 200,
      status: 'ok',
      redis: { status: 'up', state: 'disabled', consumers: [{ tier: 'memory' }] },
    });
    app.addConsumer(true, false);
    expect(await app.get()).toMatchObject({
      code: 200,
      status: DEGRADED.status,
      redis: { ...DEGRADED.redis, state: 'disabled' },
    });
    await app.stop();
  });

  it('refuses to boot for a connection that is not there', async () => {
    await expect(HealthApp.start({ enabled: false }, { connection: 'other' })).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining("no connection 'other'"),
    });
  });
});
