import type { ClusterOptions, Redis } from 'ioredis';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { ioredisSender } from '../../commands/ioredis.sender.js';
import { connectionClosed } from '../../errors/connection-closed.js';
import type { RedisClient } from '../../interfaces/redis-client.interface.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../../redis.constants.js';
import { hostText } from '../../utils/host-text.js';
import { Attempts } from '../cluster/attempts.js';
import type { ClusterScout } from '../cluster/cluster-scout.js';
import { assertServing } from '../cluster/cluster-state.js';
import type { DriverClient } from '../driver.interface.js';
import { withinHandshake } from '../handshake-deadline.js';
import { IoredisClient } from './ioredis.client.js';
import { LostNodeError } from '../cluster/lost-node.error.js';
import { orMostTelling } from '../cluster/most-telling.js';
import { Cluster } from './native-ioredis-cluster.js';

/** What an ioredis cluster is made of. @internal */
export interface IoredisClusterParts {
  readonly options: ClusterOptions;
  readonly makeScout: () => ClusterScout;
}

interface Subscribing {
  readonly subscriber?: { getInstance?(): Redis | null };
}

/**
 * ioredis' cluster, as one client: ready while every master is connected, lost with any of them. The driver routes and
 * follows redirections; it reconnects nothing and sends nothing twice.
 *
 * @internal
 */
export class IoredisClusterClient implements DriverClient {
  readonly driver = 'ioredis';
  readonly send: CommandSender;
  private readonly cluster: Cluster;
  private readonly scout: ClusterScout;
  /** Where the driver begins: it reads this list at each attempt. */
  private readonly starts: HostEndpoint[] = [];
  private readonly attempts = new Attempts();
  private readonly members = new Map<Redis, IoredisClient>();
  private masters: readonly IoredisClient[] = [];
  private streams: readonly Redis[] = [];
  private lost: (reason: unknown) => void = () => undefined;
  private lastError: unknown;
  private isUp = false;

  constructor(private readonly parts: IoredisClusterParts) {
    this.scout = parts.makeScout();
    this.cluster = new Cluster(this.starts, { ...parts.options });
    this.send = ioredisSender(this.cluster, () => this.streams.map(({ stream }) => stream));
    this.cluster.on('+node', this.onNode);
    this.cluster.on('-node', this.onNodes);
    this.cluster.on('refresh', this.onNodes);
    this.cluster.on('error', this.onError);
    this.cluster.on('node error', this.onError);
  }

  get native(): RedisClient {
    return this.cluster;
  }

  get isReady(): boolean {
    return this.isUp && this.cluster.status === 'ready';
  }

  get socketCount(): number {
    const nodes = [...this.members.values()].filter(({ isReady }) => isReady).length;
    const subscriber = (this.cluster as unknown as Subscribing).subscriber?.getInstance?.();
    return nodes + (subscriber?.status === 'ready' ? 1 : 0);
  }

  nodes(): readonly CommandSender[] {
    return this.masters.map(({ send }) => send);
  }

  /** A cluster is found by its seeds. */
  aim(): void {}

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  connect(handshakeTimeoutMs: number): Promise<void> {
    return this.attempts.begin((assertCurrent) => this.open(assertCurrent, handshakeTimeoutMs));
  }

  async drop(): Promise<void> {
    this.attempts.giveUp();
    this.setUp(false);
    await this.scout.stop();
    await this.disconnected();
    // An attempt in flight finds out, and ends what it had begun meanwhile.
    await this.attempts.ended();
    await this.disconnected();
  }

  async quit(): Promise<void> {
    // A reply to this comes after those that are owed.
    if (this.isReady) await Promise.allSettled(this.nodes().map((send) => send(['PING'])));
    await this.drop();
  }

  end(): Promise<void> {
    return this.drop();
  }

  duplicate(): DriverClient {
    return new IoredisClusterClient(this.parts);
  }

  private async open(assertCurrent: () => void, handshakeTimeoutMs: number): Promise<void> {
    this.lastError = undefined;
    const { masters } = await this.scout.find(handshakeTimeoutMs);
    assertCurrent();
    this.starts.splice(0, this.starts.length, ...masters);
    await orMostTelling(this.cluster, ['node error'], async () => {
      await withinHandshake(this.cluster.connect(), handshakeTimeoutMs);
      assertCurrent();
      this.onNodes();
      // The driver would connect to each with the first command for it.
      const opened = Promise.all(this.masters.map((master) => connected(master, handshakeTimeoutMs)));
      await withinHandshake(opened, handshakeTimeoutMs);
    });
    assertCurrent();
    // Of none, every one is ready.
    if (this.masters.length === 0 || !this.masters.every(({ isReady }) => isReady))
      throw this.lastError ?? connectionClosed();
    this.setUp(true);
  }

  /**
   * While connected the driver may hold a command back until a master that it just heard of is connected: refused, a
   * move of slots to a new master would fail commands. While not, nothing is held back.
   */
  private setUp(isUp: boolean): void {
    this.isUp = isUp;
    this.cluster.options.enableOfflineQueue = isUp;
  }

  private async disconnected(): Promise<void> {
    const { status } = this.cluster;
    if (status !== 'wait' && status !== 'close' && status !== 'end') this.cluster.disconnect();
    await Promise.all([...this.members.values()].map((member) => member.drop()));
    // The driver says `close` a turn later, for each node once; said into the next attempt, it would end that.
    await new Promise((resolve) => setImmediate(resolve));
  }

  private readonly onNode = (redis: Redis): void => {
    const member = new IoredisClient(redis, () => this.duplicate());
    const node = hostText(addressOf(redis));
    Object.assign(member.send, { node });
    this.members.set(redis, member);
    member.onLost((reason) => (this.lastError = reason ?? this.lastError));
    redis.once('close', () => this.onNodeClosed(redis, node));
    redis.once('end', () => this.members.delete(redis));
    this.onNodes();
  };

  private readonly onNodes = (): void => {
    this.streams = this.cluster.nodes('master');
    this.masters = this.streams.map((redis) => this.members.get(redis)).filter((member) => member !== undefined);
  };

  private readonly onError = (error: unknown): void => {
    this.lastError = error;
  };

  /** A node that the driver let go has left the list before its socket is closed. */
  private onNodeClosed(redis: Redis, node: string): void {
    if (!this.isUp || !this.cluster.nodes('master').includes(redis)) return;
    this.setUp(false);
    this.lost(new LostNodeError(node, this.lastError));
  }
}

function addressOf({ options: { host = '', port = REDIS_DEFAULTS.port } }: Redis): HostEndpoint {
  return { host, port };
}

async function connected(master: IoredisClient, handshakeTimeoutMs: number): Promise<void> {
  await master.connect(handshakeTimeoutMs);
  await assertServing(master.send);
}
