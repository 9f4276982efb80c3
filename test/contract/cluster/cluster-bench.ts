import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import type { TestDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestCluster, type RedisTestClusterOptions } from '../../support/redis-cluster.js';
import { Bench } from '../connection/bench.js';

/** As the other tests' deadlines; six servers share the machine. */
export const CLUSTER_FAST = {
  commandTimeoutMs: 300,
  connectTimeoutMs: 3_000,
  watchdogIntervalMs: 300,
  shutdownTimeoutMs: 1_500,
} as const;

/** One cluster for a whole describe, whole and empty before each test, and connections to it. */
export class ClusterBench extends Bench {
  private started: RedisTestCluster | undefined;

  constructor(driver: TestDriver, options: RedisTestClusterOptions = {}) {
    beforeAll(async () => {
      this.started = await RedisTestCluster.start(options);
    }, 30_000);
    afterAll(() => this.started?.stop());
    super(driver);
    afterEach(async () => {
      await this.cluster.heal();
      await this.cluster.flush();
    }, 30_000);
  }

  get cluster(): RedisTestCluster {
    if (this.started === undefined) throw new Error('The cluster of this bench is not started');
    return this.started;
  }

  /** What leads to the cluster. */
  get address(): RedisModuleOptions {
    return { ...CLUSTER_FAST, url: this.cluster.url };
  }

  async untilNoSockets(): Promise<void> {
    await eventually(async () => (await this.cluster.clientCount()) === 0, { what: 'no sockets on any node' });
  }
}
