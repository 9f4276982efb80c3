import type { RedisConnectionErrorEvent, RedisReconnectAttemptEvent } from '../../../lib/index.js';
import { documentedUsers } from '../../support/documented-users.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { HeardEvents } from '../../support/heard-events.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { nextChange } from '../connection/bench.js';
import { MetricsApp, valueOf } from './metrics-app.js';

const PASSWORD = 'hidden-password';
const ID = 'hidden-id';
const PAYLOAD = 'hidden-payload';

describeEachDriver('the metrics in an outage', (driver) => {
  let server: RedisTestServer;
  let app: MetricsApp;

  beforeAll(async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
  });
  beforeEach(async () => {
    app = await MetricsApp.start({ driver, url: server.url });
  });
  afterEach(() => app.stop());
  afterAll(() => server.stop());

  const errorsOf = (text: string): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith('redis_connection_errors_total{'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);

  it('count what happens from the loss to the return, with nothing secret', async () => {
    await app.redis.duplicate('events');
    const errors = new HeardEvents<RedisConnectionErrorEvent>('connection-error');
    const attempts = new HeardEvents<RedisReconnectAttemptEvent>('reconnect-attempt');
    await app.redis.cacheSet(ID, PAYLOAD, { ttlMs: 60_000 });
    await app.sessions.set(ID, { note: PAYLOAD });
    await app.context.append(ID, { role: 'user', content: PAYLOAD });
    const lost = nextChange(app.connection, 'reconnecting');
    await server.kill();
    await lost;
    await app.redis.cacheGet(ID);
    await app.sessions.get(ID);
    await app.sessions.set(ID, { note: PAYLOAD, n: 2 });
    await app.context.read(ID);
    await errors.until((all) => all.length >= 3);
    const down = await app.scrape();
    const of = (name: string, labels: Record<string, string>): number | undefined =>
      valueOf(down, name, { connection: 'default', ...labels });
    expect(of('redis_up', {})).toBe(0);
    expect(of('redis_memory_used_bytes', {})).toBeUndefined();
    expect(of('redis_connection_state', { state: 'reconnecting' })).toBe(1);
    expect(of('redis_connection_pool_size', { purpose: 'client' })).toBe(0);
    expect(of('redis_consumer_tier', { consumer: 'session', tier: 'memory' })).toBe(1);
    expect(of('redis_session_fallback_total', { action: 'read', tier: 'memory', reason: 'outage' })).toBe(1);
    expect(of('redis_session_fallback_total', { action: 'write', tier: 'memory', reason: 'outage' })).toBe(1);
    expect([of('redis_session_dirty', {}), of('redis_session_trusted', {})]).toEqual([1, 0]);
    expect(down).toMatch(
      /^redis_cache_miss_total\{connection="default",reason="redis_error",error_type="[\w-]+"\} 1$/m,
    );
    expect(down).toMatch(
      /^llm_context_cache_miss\{connection="default",reason="redis_error",error_type="[\w-]+"\} 1$/m,
    );
    // the loss of every socket counts as one
    const counted = errors.events.filter(({ connection, attempt }) => connection === 'default' || attempt > 0);
    expect(errorsOf(down)).toBe(counted.length);
    expect(errors.events).toHaveLength(counted.length + 1);

    const well = nextChange(app.connection, 'connected');
    await server.restart();
    await well;
    await eventually(() => app.sessions.status().dirty === 0);
    const up = await app.scrape();
    expect(valueOf(up, 'redis_up', { connection: 'default' })).toBe(1);
    expect(valueOf(up, 'redis_reconnection_attempts_total', { connection: 'default' })).toBe(attempts.events.length);
    expect(valueOf(up, 'redis_session_replays_total', { connection: 'default', to: 'redis', outcome: 'ok' })).toBe(1);
    expect(valueOf(up, 'redis_session_trusted', { connection: 'default' })).toBe(1);
    expect(down + up).not.toMatch(/hidden|127\.0\.0\.1/);
  });

  it('are scraped within the deadline while the server is frozen', async () => {
    await app.stop();
    const patient = { commandTimeoutMs: 30_000, watchdogIntervalMs: 60_000 };
    app = await MetricsApp.start({ driver, url: server.url, ...patient }, { timeoutMs: 300 });
    await server.freeze();
    const startedAt = performance.now();
    const [one, other] = await Promise.all([app.scrape(), app.scrape()]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await server.thaw();
    for (const text of [one, other]) {
      expect(valueOf(text, 'redis_up', { connection: 'default' })).toBe(0);
      expect(text).not.toMatch(/^redis_connected_clients\{/m);
      expect(text).toContain('redis_connection_state{connection="default",state="connected"} 1');
    }
    expect(await app.value('redis_up')).toBe(1);
  });

  it('tell of the breaker', async () => {
    await server.freeze();
    await Promise.all([1, 2, 3].map(() => app.redis.cacheGet('k')));
    expect(await app.value('redis_breaker_opened_total')).toBe(1);
    await server.thaw();
    await eventually(async () => (await app.value('redis_breaker_open')) === 0);
  });
});

describeEachDriver('the metrics of a user who may do little', (driver) => {
  const { name, rules, password } = documentedUsers().get('health') ?? { name: '', rules: [], password: '' };

  it.each([
    { may: 'what the page on rights gives', more: [], expected: 1 },
    { may: 'not ask INFO', more: ['-info'], expected: 0 },
  ])('are complete where it may $may, and fail nothing', async ({ more, expected }) => {
    const acl = [`${rules.join(' ')} ${more.join(' ')}`, 'default off'];
    const server = await RedisTestServer.start({ acl });
    const app = await MetricsApp.start({ driver, url: server.url, username: name, password });
    const text = await app.scrape();
    expect(valueOf(text, 'redis_up', { connection: 'default' })).toBe(1);
    expect(text.match(/^redis_memory_used_bytes\{/gm) ?? []).toHaveLength(expected);
    expect(text.match(/^redis_server_role\{/gm) ?? []).toHaveLength(2 * expected);
    await app.stop();
    await server.stop();
  });
});
