import { defineScript } from '../../../lib/commands/define-script.js';
import type { RedisCommands } from '../../../lib/interfaces/redis-commands.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf } from '../connection/bench.js';
import { ClusterBench } from './cluster-bench.js';

const KEYS = Array.from({ length: 100 }, (_, n) => `key-${n}`);
const PAIR = defineScript('pair', "return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}");
const ALONE = defineScript('alone', 'return ARGV[1]');

describeEachDriver('the port on a cluster', (driver) => {
  const bench = new ClusterBench(driver);

  it('reaches every node by the key', async () => {
    const { commands } = await bench.open(bench.address);
    await Promise.all(KEYS.map((key) => commands.set(key, `of ${key}`, { ttlMs: 60_000 })));
    expect(await Promise.all(KEYS.map((key) => commands.get(key)))).toEqual(KEYS.map((key) => `of ${key}`));
    for (const master of await bench.cluster.masters()) {
      expect(Number(await master.command('DBSIZE'))).toBeGreaterThan(10);
    }
    expect(await commands.pttl('key-7')).toBeGreaterThan(0);
    expect(await commands.incrby('count', 2)).toBe(2);
  });

  it('puts keys with one hash tag into one slot, whatever the prefix', async () => {
    const { commands } = await bench.open({ ...bench.address, keyPrefix: 'app:' });
    expect(await commands.runScript(PAIR, ['{a}:1', '{a}:2'], [])).toEqual([1, 1]);
    const owner = await bench.cluster.masterOf('{a}');
    expect(await owner.command('KEYS', '*')).toHaveLength(2);
  });

  it('refuses a script whose keys do not share a slot before it is sent, and says what to do', async () => {
    const { commands } = await bench.open(bench.address);
    const error = await failureOf(commands.runScript(PAIR, ['secret-1', 'secret-2'], []));
    expect(error).toMatchObject({ redisErrorKind: 'cluster', outcome: 'not-sent' });
    expect(error.message).toContain('hash tag');
    expect(error.message).not.toContain('secret');
    expect(await bench.cluster.keyCount()).toBe(0);
  });

  it('runs a script on nodes that do not know it yet, and one without keys', async () => {
    const { commands } = await bench.open(bench.address);
    const run = (key: string): Promise<unknown> => commands.runScript(PAIR, [`{${key}}:1`, `{${key}}:2`], []);
    expect(await Promise.all(KEYS.map(run))).toEqual(KEYS.map(() => [1, 1]));
    const [one] = await bench.cluster.masters();
    await one!.command('SCRIPT', 'FLUSH');
    expect(await Promise.all(KEYS.map(run))).toEqual(KEYS.map(() => [2, 2]));
    for (let time = 0; time < 5; time += 1) expect(await commands.runScript(ALONE, [], ['x'])).toBe('x');
  });

  it('deletes and counts keys of many slots', async () => {
    const { commands } = await bench.open({ ...bench.address, keyPrefix: 'app:' });
    await Promise.all(KEYS.map((key) => commands.set(key, 'x')));
    expect(await commands.exists(...KEYS, 'absent')).toBe(KEYS.length);
    expect(await commands.del(...KEYS.slice(1), 'absent')).toBe(KEYS.length - 1);
    expect(await commands.exists(...KEYS)).toBe(1);
    expect(await commands.del()).toBe(0);
  });

  it('walks the keys of every master, and only those under the prefix', async () => {
    const { commands } = await bench.open({ ...bench.address, keyPrefix: 'app:' });
    const others = await bench.open(bench.address);
    await Promise.all(KEYS.map((key) => commands.set(key, 'x')));
    await Promise.all(KEYS.map((key) => others.commands.set(key, 'x')));
    expect((await allOf(commands.scan('*', 10))).toSorted()).toEqual([...KEYS].toSorted());
    expect((await allOf(commands.scan('key-1?'))).toSorted()).toEqual(
      [...KEYS].filter((key) => /^key-1.$/.test(key)).toSorted(),
    );
    await others.close();
    expect(await failureOf(allOf(others.commands.scan('*')))).toMatchObject({ redisErrorKind: 'closed' });
  });

  it('asks one master or each', async () => {
    const { commands } = await bench.open(bench.address);
    expect(await commands.info('replication')).toContain('role:master');
    const texts = await commands.infoOfEach('server');
    expect(new Set(texts.map((text) => /run_id:(\w+)/.exec(text)?.[1])).size).toBe(3);
    expect(await commands.ping()).toBeGreaterThan(0);
  });

  it('names its seeds, of many only some', async () => {
    const redis = await bench.open({ ...bench.address, keyPrefix: 'p:' });
    await redis.close();
    const error = await failureOf(redis.commands.get('x'));
    const [a, b, c] = bench.cluster.nodes;
    expect(error.endpoint).toBe(`127.0.0.1:${a!.port},127.0.0.1:${b!.port},127.0.0.1:${c!.port},+3`);
  });

  it('holds one socket to each master, and none after it was closed', async () => {
    const redis = await bench.open(bench.address);
    expect(await bench.cluster.clientCount()).toBe(3);
    expect(redis.sockets).toEqual({ client: 3 });
    await redis.duplicate('events');
    expect(redis.sockets).toEqual({ client: 3, events: 3 });
    expect(await bench.cluster.clientCount()).toBe(6);
    await redis.close();
    await bench.untilNoSockets();
    expect(redis.sockets['client']).toBe(0);
  });

  it('keeps a tenant in one slot where that is asked for', async () => {
    const redis = await bench.open(bench.address);
    const tenant = redis.forTenant('acme', { oneSlot: true });
    expect(await tenant.commands.runScript(PAIR, ['a', 'b'], [])).toEqual([1, 1]);
    const spread = redis.forTenant('acme');
    expect(await failureOf(spread.commands.runScript(PAIR, ['a', 'b'], []))).toMatchObject({
      redisErrorKind: 'cluster',
    });
    expect(await tenant.lpushRecent('recent', { n: 1 }, { max: 3, ttlMs: 60_000 })).toBe(1);
    expect(await tenant.getRecent('recent', 3)).toEqual([{ n: 1 }]);
    await Promise.all(KEYS.map((key) => spread.cacheSet(key, { key }, { ttlMs: 60_000 })));
    expect(await spread.cacheGet('key-9')).toEqual({ hit: true, value: { key: 'key-9' } });
    expect(await spread.cacheDelete(...KEYS)).toBe(KEYS.length);
    expect((await allOf(tenant.commands.scan('*'))).toSorted()).toEqual(['a', 'b', 'recent']);
  });
});

describeEachDriver('a server that is something else than was said', (driver) => {
  const bench = new ClusterBench(driver, { replicas: 0 });

  it('is a node of a cluster: the error tells of the setting', async () => {
    const [node] = bench.cluster.nodes;
    const error = await failureOf(bench.open({ url: node!.url }));
    expect(error).toMatchObject({ redisErrorKind: 'configuration', outcome: 'rejected' });
    expect(error.message).toContain('cluster: true (REDIS_CLUSTER=true)');
  });

  it('is no cluster: boot fails, and the error tells of the setting', async () => {
    const server = await RedisTestServer.start();
    const error = await failureOf(bench.open({ url: server.url, cluster: true }));
    expect(error).toMatchObject({ redisErrorKind: 'configuration' });
    expect(error.message).toContain('REDIS_CLUSTER');
    await server.stop();
  });

  it('serves some slots only: the state says so', async () => {
    const dead = await bench.cluster.masterOf('key-1');
    await dead.kill();
    const error = await failureOf(bench.open({ ...bench.address, connectTimeoutMs: 800 }));
    expect(['refused', 'cluster']).toContain(error.redisErrorKind);
  });
});

async function allOf(pages: ReturnType<RedisCommands['scan']>): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of pages) keys.push(...page);
  return keys;
}
