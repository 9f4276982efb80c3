import { defineScript } from '../../../lib/commands/define-script.js';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { Bench, failureOf } from './bench.js';

describeEachDriver('RedisCommands', (driver) => {
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

  it('gives null for what is not there and the text of what is', async () => {
    const { commands } = redis;
    expect(await commands.get('none')).toBeNull();
    for (const text of ['v', '', '42', 'null', 'OK', 'ünï © 🦊', 'a\r\nb\0c', 'x'.repeat(200_000)]) {
      expect(await commands.set('key', text)).toBe(true);
      expect(await commands.get('key')).toBe(text);
    }
  });

  it.each([undefined, null, 5, { a: 1 }, new Proxy({}, {})])('refuses to set what is not text', async (value) => {
    const call = redis.commands.set('key', value as never);
    await expect(call).rejects.toMatchObject({ redisErrorKind: 'serialization', outcome: 'not-sent' });
  });

  it('sets under a condition and for a time', async () => {
    const { commands } = redis;
    expect(await commands.set('key', '1', { condition: 'xx' })).toBe(false);
    expect(await commands.set('key', '1', { condition: 'nx', ttlMs: 60_000 })).toBe(true);
    expect(await commands.set('key', '2', { condition: 'nx' })).toBe(false);
    expect(await commands.get('key')).toBe('1');
    const ttl = await commands.pttl('key');
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
    expect(await commands.set('key', '3')).toBe(true);
    expect(await commands.pttl('key')).toBe(-1);
  });

  it('counts, deletes, expires', async () => {
    const { commands } = redis;
    expect(await commands.incrby('n', 5)).toBe(5);
    expect(await commands.incrby('n', -7)).toBe(-2);
    expect(await commands.exists('n', 'none', 'n')).toBe(2);
    expect(await commands.exists()).toBe(0);
    expect(await commands.pexpire('n', 60_000)).toBe(true);
    expect(await commands.pexpire('none', 60_000)).toBe(false);
    expect(await commands.pttl('none')).toBe(-2);
    expect(await commands.del()).toBe(0);
    expect(await commands.del('n', 'none')).toBe(1);
  });

  it('reads hashes and lists', async () => {
    const { commands } = redis;
    await server.command('HSET', 'app:h', 'a', '1', '__proto__', '2', '', '3');
    await server.command('RPUSH', 'app:l', 'x', 'y', 'z');
    const hash = await commands.hgetall('h');
    expect(Object.entries(hash).toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ['', '3'],
      ['__proto__', '2'],
      ['a', '1'],
    ]);
    expect(await commands.hgetall('none')).toEqual({});
    expect(await commands.lrange('l', 0, -1)).toEqual(['x', 'y', 'z']);
    expect(await commands.lrange('l', -2, 1)).toEqual(['y']);
    expect(await commands.lrange('none', 0, -1)).toEqual([]);
  });

  it('scans its own keys only, without the prefix', async () => {
    const { commands } = redis;
    await server.command('MSET', 'other:k1', 1, 'app', 1, 'appl:k1', 1);
    const names = Array.from({ length: 250 }, (_, index) => `k${index}`);
    for (const name of names) await commands.set(name, '1');
    const found: string[] = [];
    for await (const page of commands.scan('k*', 20)) found.push(...page);
    expect([...new Set(found)].toSorted()).toEqual(names.toSorted());
  });

  it('takes the prefix literally when it scans, glob characters and all', async () => {
    const odd = await bench.open({ url: server.url, keyPrefix: 'a*[b]?\\:' });
    await odd.commands.set('mine', '1');
    await server.command('SET', 'axxb?:theirs', 1);
    const found: string[] = [];
    for await (const page of odd.commands.scan('*')) found.push(...page);
    expect(found).toEqual(['mine']);
  });

  it('puts the prefix before every key and nothing else', async () => {
    const { commands } = redis;
    await commands.set('k', 'app:v');
    await commands.incrby('n', 1);
    const script = defineScript('both', "return redis.call('MSET', KEYS[1], ARGV[1], KEYS[2], ARGV[1])");
    expect(await commands.runScript(script, ['s1', 's2'], ['k'])).toBe('OK');
    expect(((await server.command('KEYS', '*')) as string[]).toSorted()).toEqual([
      'app:k',
      'app:n',
      'app:s1',
      'app:s2',
    ]);
    expect(await server.command('MGET', 'app:k', 'app:s1')).toEqual(['app:v', 'k']);
  });

  it('asks the server about itself', async () => {
    expect(await redis.commands.info()).toContain('redis_version:');
    const memory = await redis.commands.info('memory');
    expect(memory).toContain('used_memory:');
    expect(memory).not.toContain('redis_version:');
    const ms = await redis.commands.ping();
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThan(150);
  });

  it('gives what a script returned: text, integer, null, nested lists', async () => {
    const script = defineScript('shapes', "return { 'text', 42, false, { ARGV[1], { KEYS[1] } } }");
    expect(await redis.commands.runScript(script, ['k'], [7])).toEqual(['text', 42, null, ['7', ['app:k']]]);
    expect(await redis.commands.runScript(defineScript('nil', 'return nil'), [], [])).toBeNull();
  });

  it('sends the script by its sum, and whole when the server has forgotten it', async () => {
    const script = defineScript('count', "return redis.call('INCR', KEYS[1])");
    expect(await redis.commands.runScript(script, ['n'], [])).toBe(1);
    await server.command('CONFIG', 'RESETSTAT');
    expect(await redis.commands.runScript(script, ['n'], [])).toBe(2);
    expect(await calls()).toEqual({ eval: 0, evalsha: 1 });
    await server.command('SCRIPT', 'FLUSH');
    expect(await redis.commands.runScript(script, ['n'], [])).toBe(3);
    expect(await calls()).toEqual({ eval: 1, evalsha: 2 });
  });

  it('runs a script at once against a flushed server for many callers', async () => {
    const script = defineScript('count', "return redis.call('INCR', KEYS[1])");
    await server.command('SCRIPT', 'FLUSH');
    const results = await Promise.all(Array.from({ length: 50 }, () => redis.commands.runScript(script, ['n'], [])));
    expect(results.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('names the operation and the endpoint in an error, and neither key nor value', async () => {
    await server.command('RPUSH', 'app:list', 'x');
    const error = await failureOf(redis.commands.get('list'));
    expect(error).toMatchObject({
      redisErrorKind: 'wrong-type',
      outcome: 'rejected',
      operation: 'get',
      endpoint: `127.0.0.1:${server.port}`,
    });
    expect(error.message).not.toContain('app:list');
    const script = defineScript('mine', "return redis.call('INCR', KEYS[1])");
    expect(await failureOf(redis.commands.runScript(script, ['list'], []))).toMatchObject({
      redisErrorKind: 'wrong-type',
      operation: 'mine',
    });
  });

  it('answers hundreds of calls at once, each with its own', async () => {
    const all = Array.from({ length: 500 }, (_, index) => `v${index}`);
    await Promise.all(all.map((value) => redis.commands.set(value, value)));
    expect(await Promise.all(all.map((value) => redis.commands.get(value)))).toEqual(all);
  });

  async function calls(): Promise<{ eval: number; evalsha: number }> {
    const stats = String(await server.command('INFO', 'commandstats'));
    const count = (name: string): number => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    return { eval: count('eval'), evalsha: count('evalsha') };
  }
});
