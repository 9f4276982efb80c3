import { slotOfKey } from '../../lib/utils/key-slot.js';
import { eventually } from './eventually.js';
import { freePort, releasePort } from './free-port.js';
import { PROBE_PASSWORD, PROBE_USER } from './redis-config.js';
import type { RedisTestServerOptions } from './redis-config.js';
import type { RedisClientInfo } from './redis-client-list.js';
import { RedisTestServer } from './redis-server.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

const MASTERS = 3;
const SLOTS = 16_384;

export interface RedisTestClusterOptions extends Pick<RedisTestServerOptions, 'password' | 'acl' | 'tls' | 'config'> {
  /** Milliseconds after which a silent node is taken for dead, and its replica promoted. @default 1000 */
  readonly nodeTimeoutMs?: number;
  /** Replicas of each master. @default 1 */
  readonly replicas?: number;
}

/** A line of CLUSTER NODES. */
interface NodeLine {
  readonly id: string;
  readonly port: number;
  readonly isMaster: boolean;
  readonly isDead: boolean;
  readonly slots: readonly (readonly [number, number])[];
}

/** A private Redis Cluster of three masters with a replica each, whose nodes can be frozen, killed and given slots. */
export class RedisTestCluster implements TestResource {
  private constructor(
    readonly nodes: RedisTestServer[],
    private readonly busPorts: number[],
    private readonly options: RedisTestClusterOptions,
  ) {}

  static async start(options: RedisTestClusterOptions = {}): Promise<RedisTestCluster> {
    const { replicas = 1 } = options;
    const busPorts: number[] = [];
    for (let node = 0; node < MASTERS * (1 + replicas); node += 1) busPorts.push(await freePort());
    const nodes = await Promise.all(busPorts.map((bus) => RedisTestServer.start(serverOptions(options, bus))));
    const cluster = track(new RedisTestCluster(nodes, busPorts, options));
    try {
      await cluster.join();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The addresses of all nodes, as the host part of a URL. */
  get seeds(): string {
    return this.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  get url(): string {
    const { password, tls } = this.options;
    const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return `${tls ? 'rediss' : 'redis'}://${login}${this.seeds}`;
  }

  /** The masters that hold slots, as a node that answers sees it. */
  async masters(): Promise<RedisTestServer[]> {
    const lines = await this.view();
    return lines.filter(({ isMaster, slots }) => isMaster && slots.length > 0).map(({ port }) => this.at(port));
  }

  async replicas(): Promise<RedisTestServer[]> {
    const lines = await this.view();
    return lines.filter(({ isMaster, isDead }) => !isMaster && !isDead).map(({ port }) => this.at(port));
  }

  /** The master of a key's slot. */
  async masterOf(key: string): Promise<RedisTestServer> {
    const slot = slotOfKey(key);
    const owner = (await this.view()).find(({ slots }) => slots.some(([from, to]) => from <= slot && slot <= to));
    if (owner === undefined) throw new Error(`Nobody serves slot ${slot}`);
    return this.at(owner.port);
  }

  /** Waits until another node has taken the place of a master that was killed or frozen. */
  async untilReplaced(dead: RedisTestServer): Promise<void> {
    const alive = this.nodes.filter((node) => node !== dead);
    await eventually(
      async () => {
        const views = await Promise.all(alive.map((node) => viewOf(node)));
        const infos = await Promise.all(alive.map((node) => node.command('CLUSTER', 'INFO')));
        const isServed = views.every((lines) => servedSlots(lines, dead.port) === SLOTS);
        return isServed && infos.every((info) => String(info).includes('cluster_state:ok'));
      },
      { timeoutMs: 15_000, intervalMs: 50, what: 'promotion' },
    );
  }

  /**
   * Moves the slot of a key, with what it holds, as `redis-cli --cluster reshard` does.
   *
   * @param halfway awaited after the first ten keys were moved
   */
  async moveSlot(key: string, to: RedisTestServer, halfway?: () => Promise<unknown>): Promise<void> {
    const slot = slotOfKey(key);
    const from = await this.masterOf(key);
    const [fromId, toId] = await Promise.all([from.command('CLUSTER', 'MYID'), to.command('CLUSTER', 'MYID')]);
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId));
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId));
    for (let batch = 0; ; batch += 1) {
      if (batch === 1) await halfway?.();
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[];
      if (keys.length === 0) break;
      const login = ['AUTH2', PROBE_USER, PROBE_PASSWORD];
      await from.command('MIGRATE', to.host, to.port, '', 0, 5_000, ...login, 'KEYS', ...keys);
    }
    for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId));
  }

  /** A further master, which holds no slot yet. */
  async addMaster(): Promise<RedisTestServer> {
    const bus = await freePort();
    const node = await RedisTestServer.start(serverOptions(this.options, bus));
    this.nodes.push(node);
    this.busPorts.push(bus);
    await node.command('CLUSTER', 'MEET', '127.0.0.1', this.nodes[0]!.port, this.busPorts[0]!);
    await this.untilWhole();
    return node;
  }

  /** The replica takes its master's place in an orderly way, and both live on. */
  async failOver(replica: RedisTestServer): Promise<void> {
    await replica.command('CLUSTER', 'FAILOVER');
    await eventually(async () => (await this.masters()).includes(replica), { timeoutMs: 10_000, what: 'fail-over' });
    await this.untilWhole();
  }

  /** Sockets of clients on the nodes that answer; replication and the test's own questions left out. */
  async clients(): Promise<RedisClientInfo[]> {
    const lists = await Promise.all(this.nodes.map((node) => node.clients().catch(() => [])));
    return lists.flat().filter(({ fields }) => !/[MS]/.test(fields['flags'] ?? ''));
  }

  async clientCount(): Promise<number> {
    return (await this.clients()).length;
  }

  /** How many keys the masters hold together. */
  async keyCount(): Promise<number> {
    const counts = await Promise.all((await this.masters()).map((master) => master.command('DBSIZE')));
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }

  async flush(): Promise<void> {
    await Promise.all((await this.masters()).map((master) => master.command('FLUSHALL')));
  }

  /** Brings back what was killed or frozen, and waits until the cluster is whole again. */
  async heal(): Promise<void> {
    for (const node of this.nodes) {
      if (!node.isRunning) await node.restart();
      else await node.thaw();
    }
    await this.untilWhole();
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    for (const port of this.busPorts) releasePort(port);
    untrack(this);
  }

  private at(port: number): RedisTestServer {
    const node = this.nodes.find((one) => one.port === port);
    if (node === undefined) throw new Error(`No node of this cluster is on port ${port}`);
    return node;
  }

  private async join(): Promise<void> {
    const masters = this.nodes.slice(0, MASTERS);
    const [first] = masters;
    for (const [index, node] of this.nodes.entries()) {
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (node !== first) await node.command('CLUSTER', 'MEET', '127.0.0.1', first!.port, this.busPorts[0]!);
    }
    const share = Math.ceil(SLOTS / MASTERS);
    for (const [index, master] of masters.entries()) {
      const last = Math.min((index + 1) * share, SLOTS) - 1;
      await master.command('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    }
    for (const [index, replica] of this.nodes.slice(MASTERS).entries()) {
      const id = String(await masters[index % MASTERS]!.command('CLUSTER', 'MYID'));
      await eventually(async () => (await replica.command('CLUSTER', 'REPLICATE', id)) === 'OK', { timeoutMs: 10_000 });
    }
    await this.untilWhole();
  }

  private async untilWhole(): Promise<void> {
    const isWhole = async (node: RedisTestServer): Promise<boolean> => {
      const info = String(await node.command('CLUSTER', 'INFO'));
      const replication = String(await node.command('INFO', 'replication'));
      const lines = await viewOf(node);
      return (
        info.includes('cluster_state:ok')
        && info.includes(`cluster_known_nodes:${this.nodes.length}`)
        && lines.every(({ isDead }) => !isDead)
        && (replication.includes('role:master') || replication.includes('master_link_status:up'))
      );
    };
    const areWhole = async (): Promise<boolean> => (await Promise.all(this.nodes.map(isWhole))).every(Boolean);
    await eventually(areWhole, { timeoutMs: 20_000, intervalMs: 50, what: 'a whole cluster' });
  }

  private async view(): Promise<NodeLine[]> {
    return Promise.any(this.nodes.filter((node) => node.isRunning).map((node) => viewOf(node)));
  }
}

function serverOptions(
  { nodeTimeoutMs = 1_000, ...rest }: RedisTestClusterOptions,
  bus: number,
): RedisTestServerOptions {
  const { config = [], replicas: _, ...options } = rest;
  const cluster = [
    'cluster-enabled yes',
    `cluster-port ${bus}`,
    `cluster-node-timeout ${nodeTimeoutMs}`,
    'cluster-replica-validity-factor 0',
    'repl-diskless-sync-delay 0',
    `masteruser ${PROBE_USER}`,
    `masterauth ${PROBE_PASSWORD}`,
    ...(options.tls ? ['tls-cluster yes', 'tls-replication yes'] : []),
  ];
  return { ...options, config: [...cluster, ...config] };
}

async function viewOf(node: RedisTestServer): Promise<NodeLine[]> {
  const text = String(await node.command('CLUSTER', 'NODES'));
  return text.trim().split('\n').map(parseNode);
}

function parseNode(line: string): NodeLine {
  const [id = '', address = '', flags = '', , , , , , ...ranges] = line.split(' ');
  const slots = ranges.filter((range) => !range.startsWith('[')).map((range) => range.split('-').map(Number));
  return {
    id,
    port: Number(/:(\d+)@/.exec(address)?.[1]),
    isMaster: flags.includes('master'),
    isDead: /fail|noaddr|handshake/.test(flags),
    slots: slots.map(([from = 0, to = from]): [number, number] => [from, to]),
  };
}

function servedSlots(lines: readonly NodeLine[], without: number): number {
  const ranges = lines.filter(({ port, isDead }) => port !== without && !isDead).flatMap(({ slots }) => slots);
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
