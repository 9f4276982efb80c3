import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { timed, untilState } from '../connection/bench.js';
import { ClusterBench } from './cluster-bench.js';

describeEachDriver('closing a cluster', (driver) => {
  const bench = new ClusterBench(driver, { replicas: 0, nodeTimeoutMs: 15_000 });

  /** Closes with calls in flight: all of them settle, in time. */
  const expectEnd = async (redis: StandaloneRedis): Promise<string[]> => {
    const waits = [1, 2, 3].map(() => redis.ensureReadyClient().then(() => 'connected', kindOf));
    const calls = [1, 2, 3, 4, 5].map((n) => redis.commands.incrby(`n-${n}`, n).then(() => 'done', kindOf));
    const closing = timed(() => redis.close());
    expect(await redis.commands.ping().then(() => 'done', kindOf)).toBe('closed');
    expect(await closing).toBeLessThan(3_000);
    await Promise.all(waits);
    expect(redis.state).toBe('closed');
    return Promise.all(calls);
  };

  it('lets what was sent get its answer', async () => {
    const redis = await bench.open(bench.address);
    await redis.duplicate('events');
    expect(await expectEnd(redis)).toEqual(['done', 'done', 'done', 'done', 'done']);
    await bench.untilNoSockets();
  });

  it('ends in time when a node is frozen', async () => {
    const redis = await bench.open(bench.address);
    const frozen = await bench.cluster.masterOf('n-1');
    await frozen.freeze();
    const ended = await expectEnd(redis);
    await frozen.thaw();
    expect(ended).toContain('done');
    await bench.untilNoSockets();
  });

  it('ends in time when a node is dead, and in the middle of an attempt', async () => {
    for (const ms of [0, 30, 100, 300]) {
      const redis = await bench.open(bench.address);
      const dead = await bench.cluster.masterOf('n-1');
      await dead.kill();
      await untilState(redis, 'reconnecting');
      await new Promise((resolve) => setTimeout(resolve, ms));
      expect(new Set(await expectEnd(redis))).toEqual(new Set(['unavailable']));
      await bench.untilNoSockets();
      await bench.cluster.heal();
    }
  });

  it('ends in time when a seed does not answer', async () => {
    const proxy = await TcpProxy.start(bench.cluster.nodes[0]!);
    proxy.silent();
    const redis = await bench.degraded({ ...bench.address, url: proxy.url, cluster: true });
    await eventually(() => proxy.total === 1);
    await expectEnd(redis);
    await proxy.stop();
  });

  it('at 20 moments of an attempt leaves nothing', async () => {
    for (let turns = 0; turns < 40; turns += 2) {
      const redis = await bench.degraded(bench.address);
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await redis.close();
      expect(redis.state).toBe('closed');
    }
    await bench.untilNoSockets();
  });
});

function kindOf(error: unknown): string {
  return (error as { redisErrorKind: string }).redisErrorKind;
}
