import type { EventEmitter } from 'node:events';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { nextChange, untilState } from '../connection/bench.js';
import { CLUSTER_FAST, ClusterBench } from './cluster-bench.js';

const KEYS = Array.from({ length: 30 }, (_, n) => `key-${n}`);

describeEachDriver('a cluster client that was handed in', (driver) => {
  const bench = new ClusterBench(driver);
  let client: RedisClient & EventEmitter;
  let end: () => Promise<void>;

  beforeEach(async () => {
    const nodes = bench.cluster.nodes.map(({ host, port }) => ({ host, port }));
    if (driver === 'ioredis') {
      const cluster = new Cluster(nodes, { lazyConnect: true, retryDelayOnFailover: 0 });
      client = cluster;
      end = async () => cluster.disconnect();
    } else {
      const cluster = createCluster({ rootNodes: nodes.map((socket) => ({ socket })) });
      client = cluster;
      end = async () => cluster.destroy();
    }
    client.on('error', () => undefined);
    await client.connect();
  });

  afterEach(() => end());

  it('is used by key, scanned on every master, and not closed', async () => {
    const redis = await bench.open({ ...CLUSTER_FAST, client });
    await Promise.all(KEYS.map((key) => redis.commands.set(key, 'x')));
    const found: string[] = [];
    for await (const page of redis.commands.scan('*')) found.push(...page);
    expect(found.toSorted()).toEqual(KEYS.toSorted());
    expect(await redis.commands.del(...KEYS)).toBe(KEYS.length);
    expect(await redis.ping()).toBeGreaterThan(0);
    await redis.close();
    const again = await bench.open({ ...CLUSTER_FAST, client });
    expect(await again.commands.set('x', 'y')).toBe(true);
  });

  it('lends its settings to duplicates, which are ours and are closed', async () => {
    const redis = await bench.open({ ...CLUSTER_FAST, client });
    const before = await bench.cluster.clientCount();
    const duplicate = await redis.duplicate('events');
    expect(duplicate).not.toBe(client);
    expect(redis.sockets['events']).toBe(3);
    expect(await bench.cluster.clientCount()).toBe(before + 3);
    await redis.close();
    await eventually(async () => (await bench.cluster.clientCount()) === before);
  });

  it('is not forced when a master is frozen: the state says so, and recovers', async () => {
    const redis = await bench.open({ ...CLUSTER_FAST, client });
    await Promise.all(KEYS.map((key) => redis.commands.set(key, 'x')));
    const frozen = await bench.cluster.masterOf('key-1');
    const lost = nextChange(redis, 'reconnecting');
    await frozen.freeze();
    await lost;
    await frozen.thaw();
    await untilState(redis, 'connected', 8_000);
    expect(await redis.commands.get('key-1')).toBe('x');
  });
});
