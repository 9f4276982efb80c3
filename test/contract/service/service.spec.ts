import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { Bench, failureOf, untilState } from '../connection/bench.js';

const TTL = { ttlMs: 60_000 };

describeEachDriver('RedisService', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let redis: StandaloneRedis;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });

  beforeEach(async () => {
    await server.command('FLUSHALL');
    redis = await bench.open({ url: server.url, keyPrefix: 'app:' });
  });

  afterAll(() => server.stop());

  it('says what it is', async () => {
    expect(redis).toMatchObject({ state: 'connected', isEnabled: true, driver, sockets: { client: 1 } });
    expect(await redis.ping()).toBeGreaterThan(0);
    await redis.close();
    expect(redis).toMatchObject({ state: 'closed', isEnabled: true, sockets: { client: 0 } });
  });

  it.each([[{ a: [1, 'ü', null] }], ['text'], [0], [false], [null], ['']])('caches %j', async (value) => {
    expect(await redis.cacheSet('k', value, TTL)).toBe(true);
    expect(await redis.cacheGet('k')).toEqual({ hit: true, value });
    expect(await server.command('PTTL', 'app:k')).toBeGreaterThan(50_000);
    expect(await redis.cacheDelete('k', 'none')).toBe(1);
    expect(await redis.cacheGet('k')).toEqual({ hit: false, reason: 'absent' });
  });

  it('forgets what has expired', async () => {
    await redis.cacheSet('k', 1, { ttlMs: 1 });
    await eventually(async () => !(await redis.cacheGet('k')).hit);
    expect(await redis.cacheGet('k')).toEqual({ hit: false, reason: 'absent' });
  });

  it('refuses what JSON cannot say, by the name of the key and without the value', async () => {
    const cycle: Record<string, unknown> = { secret: 'hidden' };
    cycle['self'] = cycle;
    for (const value of [undefined, () => 1, Symbol('hidden'), 10n, cycle]) {
      const error = await failureOf(redis.cacheSet('my-key', value, TTL));
      expect(error).toMatchObject({ redisErrorKind: 'serialization', outcome: 'not-sent', operation: 'cacheSet' });
      expect(error.message).toContain('"my-key"');
      expect(error.message).not.toContain('hidden');
      expect((await failureOf(redis.lpushRecent('l', value, { max: 1, ...TTL }))).redisErrorKind).toBe('serialization');
    }
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('says serialization of a stored value that does not parse, and goes on', async () => {
    await server.command('SET', 'app:k', '{"half');
    await server.command('RPUSH', 'app:l', '1', '{"half');
    for (const call of [
      redis.cacheGet('k'),
      redis.cacheGet('k', { onUnavailable: 'throw' }),
      redis.getRecent('l', 5),
    ]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({ redisErrorKind: 'serialization', outcome: 'rejected' });
      expect(error.message).not.toContain('half');
    }
    expect(redis.state).toBe('connected');
  });

  it.each([
    ['cacheSet without a time to live', () => redis.cacheSet('k', 1, {} as never)],
    ['cacheSet without options', () => redis.cacheSet('k', 1, undefined as never)],
    ['cacheSet with a time to live of 0', () => redis.cacheSet('k', 1, { ttlMs: 0 })],
    ['cacheSet with half a millisecond', () => redis.cacheSet('k', 1, { ttlMs: 0.5 })],
    ['an empty key', () => redis.cacheGet('')],
    ['a key that is no text', () => redis.cacheGet(undefined as never)],
    ['a list without a bound', () => redis.lpushRecent('l', 1, TTL as never)],
    ['a list bounded by 0', () => redis.lpushRecent('l', 1, { max: 0, ...TTL })],
    ['a limit of 0', () => redis.getRecent('l', 0)],
    ['a limit of Infinity', () => redis.getRecent('l', Infinity)],
    ['an empty purpose', () => redis.duplicate('')],
  ])('refuses %s', async (_what, call) => {
    expect(await failureOf(call())).toMatchObject({ redisErrorKind: 'configuration', outcome: 'not-sent' });
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('keeps the newest values of a list, newest first, for a time', async () => {
    for (let n = 1; n <= 5; n += 1) {
      expect(await redis.lpushRecent('l', { n }, { max: 3, ...TTL })).toBe(Math.min(n, 3));
    }
    expect(await redis.getRecent('l', 10)).toEqual([{ n: 5 }, { n: 4 }, { n: 3 }]);
    expect(await redis.getRecent('l', 2)).toEqual([{ n: 5 }, { n: 4 }]);
    expect(await redis.getRecent('none', 2)).toEqual([]);
    expect(await server.command('PTTL', 'app:l')).toBeGreaterThan(50_000);
  });

  it('keeps the bound and the time under many writers, and loses none of the newest', async () => {
    const other = await bench.open({ url: server.url, keyPrefix: 'app:' });
    const options = { max: 10, ...TTL };
    const pushes = Array.from({ length: 200 }, (_, n) => (n % 2 ? redis : other).lpushRecent('l', n, options));
    for (const length of await Promise.all(pushes)) expect(length).toBeLessThanOrEqual(10);
    const kept = await redis.getRecent<number>('l', 100);
    expect(new Set(kept).size).toBe(10);
    expect(await server.command('LLEN', 'app:l')).toBe(10);
    expect(await server.command('PTTL', 'app:l')).toBeGreaterThan(50_000);
  });

  it('keeps tenants apart, whatever their names', async () => {
    const names = ['a', 'b', 'a:b', 't:a', '{a}', '*', '../a', 'ä', 'a%3Ab', '\ud800', '\ufffd'];
    const tenants = names.map((name) => redis.forTenant(name));
    await Promise.all(tenants.map((tenant, index) => tenant.cacheSet('k', index, TTL)));
    for (const [index, tenant] of tenants.entries()) {
      expect(await tenant.cacheGet('k')).toEqual({ hit: true, value: index });
      const pages: string[] = [];
      for await (const page of tenant.commands.scan('*')) pages.push(...page);
      expect(pages).toEqual(['k']);
    }
    expect(await redis.cacheGet('k')).toEqual({ hit: false, reason: 'absent' });
    expect(await tenants[0]?.cacheDelete('k')).toBe(1);
    expect(await tenants[1]?.cacheGet('k')).toEqual({ hit: true, value: 1 });
    expect(await failureOf(Promise.resolve().then(() => redis.forTenant('')))).toMatchObject({
      redisErrorKind: 'configuration',
    });
  });

  it('puts all keys of a tenant into one slot where asked, and lives on the same client', async () => {
    const tenant = redis.forTenant('a{b}', { oneSlot: true });
    await tenant.commands.set('k', 'v');
    await tenant.forTenant('inner').commands.set('k', 'v');
    const keys = ((await server.command('KEYS', '*')) as string[]).toSorted();
    expect(keys).toEqual(['app:{t:a%7Bb%7D}:k', 'app:{t:a%7Bb%7D}:t:inner:k']);
    expect(tenant.getClient()).toBe(redis.getClient());
    expect(await server.clientCount()).toBe(1);
  });
});

describeEachDriver('RedisService without Redis', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;

  beforeEach(async () => {
    server = await RedisTestServer.start();
  });

  afterEach(() => server.stop());

  it('answers a miss that says why, or throws where asked', async () => {
    const redis = await bench.open({ url: server.url });
    await server.kill();
    await untilState(redis, 'reconnecting');
    const miss = await redis.cacheGet('k');
    expect(miss).toMatchObject({ hit: false, reason: 'redis_error', error: { redisErrorKind: 'unavailable' } });
    expect(await redis.cacheGet('k', { onUnavailable: 'miss' })).toMatchObject({ reason: 'redis_error' });
    expect(await failureOf(redis.cacheGet('k', { onUnavailable: 'throw' }))).toMatchObject({
      redisErrorKind: 'unavailable',
      operation: 'get',
    });
    expect(await redis.cacheSet('k', 1, TTL)).toBe(false);
    expect(await failureOf(redis.cacheSet('k', 1, { ...TTL, onUnavailable: 'throw' }))).toMatchObject({
      redisErrorKind: 'unavailable',
    });
    expect(await failureOf(redis.cacheDelete('k'))).toMatchObject({ redisErrorKind: 'unavailable' });
    expect(await failureOf(redis.lpushRecent('l', 1, { max: 1, ...TTL }))).toMatchObject({ outcome: 'not-sent' });
  });

  it('answers within the deadline when Redis is frozen', async () => {
    const redis = await bench.open({ url: server.url });
    await server.freeze();
    expect(await redis.cacheGet('k')).toMatchObject({
      reason: 'redis_error',
      error: { redisErrorKind: 'command-timeout' },
    });
    await server.thaw();
  });

  it('is off where the flag says so: no driver call, no socket', async () => {
    const redis = await bench.open({ url: server.url, enabled: false });
    expect(redis).toMatchObject({ state: 'disabled', isEnabled: false, driver: undefined });
    expect(await redis.cacheGet('k')).toMatchObject({ hit: false, reason: 'disabled' });
    expect(await redis.cacheSet('k', 1, TTL)).toBe(false);
    for (const call of [redis.ping(), redis.getRecent('l', 1), redis.duplicate('pubsub'), redis.cacheDelete('k')]) {
      expect(await failureOf(call)).toMatchObject({ redisErrorKind: 'disabled', outcome: 'not-sent' });
    }
    expect(() => redis.getClient()).toThrow(/enabled: false/);
    expect(await server.clientCount()).toBe(0);
  });
});
