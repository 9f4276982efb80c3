import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, withDeadline } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { TlsFiles } from '../../support/tls-files.js';
import { CompiledLib } from '../connection/compiled-lib.js';
import { Bench, failureOf, nextChange, untilState } from '../connection/bench.js';
import { ClusterBench } from './cluster-bench.js';

const CHILD = `
const [factory, driver, url] = process.argv.slice(2);
const { RedisClientFactory } = await import(factory);
const redis = await RedisClientFactory.create({ driver, url });
await redis.commands.set('x', 'y');
await redis.duplicate('events');
await redis.close();
console.log('closed');
`;

describeEachDriver('a cluster behind other addresses than its nodes announce', (driver) => {
  const bench = new ClusterBench(driver, { replicas: 0 });

  it('is reached through the map of the driver, also after a loss', async () => {
    const proxies = await Promise.all(bench.cluster.nodes.map((node) => TcpProxy.start(node)));
    const map = Object.fromEntries(
      bench.cluster.nodes.map(({ port }, n) => [`127.0.0.1:${port}`, { host: '127.0.0.1', port: proxies[n]!.port }]),
    );
    const options = driver === 'ioredis' ? { ioredis: { natMap: map } } : { nodeRedis: { nodeAddressMap: map } };
    const redis = await bench.open({ ...bench.address, url: proxies[0]!.url, cluster: true, ...options });
    for (let n = 0; n < 30; n += 1) expect(await redis.commands.set(`key-${n}`, 'x')).toBe(true);
    expect(proxies.map(({ open }) => open)).toEqual([1, 1, 1]);
    expect(await bench.cluster.clientCount()).toBe(3);
    const lost = nextChange(redis, 'reconnecting');
    proxies[1]!.reset();
    await lost;
    await untilState(redis, 'connected');
    expect(await redis.commands.get('key-7')).toBe('x');
    expect(await bench.cluster.clientCount()).toBe(3);
    await redis.close();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  it('lets a process end once it was closed', async () => {
    const lib = await CompiledLib.create();
    await writeFile(lib.path('child.mjs'), CHILD);
    const args = [lib.path('child.mjs'), lib.path('redis-client.factory.js'), driver, bench.cluster.url];
    const child = spawn(process.execPath, args, { stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = await withDeadline(once(child, 'exit'), { timeoutMs: 10_000, what: 'exit' });
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'closed' });
    await lib.stop();
  });
});

/** Answers with keys of every master, before and after a loss. */
async function expectWhole(redis: StandaloneRedis, lose: () => Promise<unknown>): Promise<void> {
  const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
  for (const key of keys) expect(await redis.commands.set(key, 'x')).toBe(true);
  const lost = nextChange(redis, 'reconnecting');
  await lose();
  await lost;
  await untilState(redis, 'connected', 10_000);
  for (const key of keys) expect(await redis.commands.get(key)).toBe('x');
  expect(await redis.commands.del(...keys)).toBe(30);
}

describeEachDriver('a cluster whose nodes do not say where they are', (driver) => {
  const bench = new ClusterBench(driver, {
    replicas: 0,
    config: ['cluster-preferred-endpoint-type unknown-endpoint'],
  });

  it('is reached where they were asked', async () => {
    const redis = await bench.open(bench.address);
    expect(redis.sockets).toEqual({ client: 3 });
    await expectWhole(redis, async () =>
      (await bench.cluster.masterOf('key-7')).command('CLIENT', 'KILL', 'TYPE', 'normal'),
    );
    await expect(redis.duplicate('events')).resolves.toBeDefined();
  });
});

describeEachDriver('a cluster of one node, which has met nobody to tell it its address', (driver) => {
  const bench = new Bench(driver);

  it('is reached', async () => {
    const bus = await freePort();
    const node = await RedisTestServer.start({ config: ['cluster-enabled yes', `cluster-port ${bus}`] });
    await node.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    const redis = await bench.open({ url: node.url, cluster: true });
    await expectWhole(redis, () => node.command('CLIENT', 'KILL', 'TYPE', 'normal'));
    await redis.close();
    await node.stop();
    releasePort(bus);
  });
});

const files = new TlsFiles();
afterAll(() => files.remove());

describeEachDriver('a cluster that speaks TLS', (driver) => {
  const bench = new ClusterBench(driver, {
    replicas: 0,
    password: 'open-sesame',
    tls: { ...files.show(files.server), authClients: true },
  });

  it('is reached with the authority and the certificate, on every node', async () => {
    const redis = await bench.open({ ...bench.address, tls: files.as(files.client) });
    for (let n = 0; n < 30; n += 1) expect(await redis.commands.set(`key-${n}`, 'x')).toBe(true);
    expect(await redis.ping()).toBeGreaterThan(0);
    expect(redis.sockets).toEqual({ client: 3 });
    const dead = await bench.cluster.masterOf('key-1');
    const lost = nextChange(redis, 'reconnecting');
    await dead.restart();
    await lost;
    await untilState(redis, 'connected', 10_000);
    expect(await redis.commands.set('key-1', 'y')).toBe(true);
  });

  it('is refused without them, and the error says so', async () => {
    const strangers = [{ tls: true }, { tls: files.as(files.foreignClient) }];
    for (const options of strangers) {
      const error = await failureOf(bench.open({ ...bench.address, ...options }));
      expect(error.redisErrorKind).toBe('tls');
    }
  });
});
