import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { RedisTestCluster } from '../../support/redis-cluster.js';
import type { RedisTestServer } from '../../support/redis-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { ServerGroup } from './groups.js';
import { PASSWORD } from './standalone.js';
import type { World } from './world.js';

/** Long enough to see what the app does while slots are not served; and a busy machine is no dead node. */
const NODE_TIMEOUT_MS = 3_000;

/** Three masters with a replica each, and a password. */
export class Cluster implements World {
  readonly secrets = [PASSWORD];
  readonly queuePrefix = '{bull}';
  readonly nodes: ServerGroup;
  private taken: RedisTestServer | undefined;

  private constructor(readonly cluster: RedisTestCluster) {
    this.nodes = new ServerGroup(() => cluster.nodes);
  }

  static async start(): Promise<Cluster> {
    return new Cluster(await RedisTestCluster.start({ password: PASSWORD, nodeTimeoutMs: NODE_TIMEOUT_MS }));
  }

  get options(): RedisModuleOptions {
    return { url: this.cluster.url };
  }

  sockets(): Promise<number> {
    return this.nodes.sockets();
  }

  async ask(...args: (string | number)[]): Promise<RespReply> {
    return (await this.masterOf(String(args[1]))).command(...args);
  }

  masterOf(key: string): Promise<RedisTestServer> {
    return this.cluster.masterOf(key);
  }

  /** Away with a master, for good or for now. */
  async take(node: RedisTestServer, how: 'kill' | 'freeze'): Promise<void> {
    this.taken = node;
    await (how === 'kill' ? node.kill() : this.nodes.freeze(node));
  }

  /** Waits for the replica of the one that was taken. */
  async untilReplaced(): Promise<void> {
    if (this.taken !== undefined) await this.cluster.untilReplaced(this.taken);
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
  }
}

/** A topology for rows. */
export function cluster(): () => Promise<Cluster> {
  return () => Cluster.start();
}
