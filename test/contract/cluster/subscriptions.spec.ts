import type { Cluster } from 'ioredis';
import type { createCluster } from 'redis';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { nextChange, untilState } from '../connection/bench.js';
import { ClusterBench } from './cluster-bench.js';

describeEachDriver('subscriptions on a cluster', (driver) => {
  const bench = new ClusterBench(driver);

  it('come back after a master was lost', async () => {
    const redis = await bench.open(bench.address);
    const heard: string[] = [];
    const listener = (message: string): void => void heard.push(message);
    if (driver === 'ioredis') {
      const cluster = await redis.duplicate<Cluster>('events');
      cluster.on('message', (_channel, message) => listener(message as string));
      await cluster.subscribe('news');
    } else {
      const cluster = await redis.duplicate<ReturnType<typeof createCluster>>('events');
      await cluster.subscribe('news', listener);
      await cluster.pSubscribe('new*', (message) => listener(`p:${message}`));
    }
    const publish = async (text: string): Promise<boolean> => {
      const [master] = await bench.cluster.masters();
      await master!.command('PUBLISH', 'news', text);
      return heard.includes(text);
    };
    await eventually(() => publish('before'));
    const dead = await bench.cluster.masterOf('x');
    const lost = nextChange(redis, 'reconnecting');
    await dead.kill();
    await lost;
    await untilState(redis, 'connected', 10_000);
    await eventually(() => publish('after'), { timeoutMs: 8_000 });
    if (driver === 'node-redis') expect(heard).toContain('p:after');
    await redis.close();
    await bench.untilNoSockets();
  });
});
