import { setMaxListeners } from 'node:events';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { nodeRedisClusterSender } from '../../commands/node-redis.sender.js';
import { connectionClosed } from '../../errors/connection-closed.js';
import { isErrorReply } from '../../errors/is-error-reply.js';
import type { RedisClient } from '../../interfaces/redis-client.interface.js';
import { Attempts } from '../cluster/attempts.js';
import type { ClusterScout } from '../cluster/cluster-scout.js';
import { assertServing } from '../cluster/cluster-state.js';
import type { DriverClient } from '../driver.interface.js';
import type { HostileReplyError } from '../guard-replies.js';
import { withinHandshake } from '../handshake-deadline.js';
import { ClusterGuards } from './node-redis-cluster.guards.js';
import { LostNodeError } from '../cluster/lost-node.error.js';
import { orMostTelling } from '../cluster/most-telling.js';
import {
  destroyCluster,
  destroyNodes,
  isServing,
  nodeText,
  senderTo,
  type NativeClusterNode,
  type NativeNodeRedisCluster,
} from './node-redis-cluster.nodes.js';
import { ClusterSubscriptions } from './node-redis-cluster.subscriptions.js';

/** What a node-redis cluster is made of. @internal */
export interface NodeRedisClusterParts {
  /** `roots`: where the driver begins. `signal`: ends the sockets of an attempt, also those that are being opened. */
  readonly make: (roots: object[], signal: () => AbortSignal) => NativeNodeRedisCluster;
  readonly makeScout: () => ClusterScout;
}

/**
 * node-redis' cluster, as one client: ready while every master is connected, lost with any of them. The driver routes
 * and follows redirections; it reconnects nothing.
 *
 * @internal
 */
export class NodeRedisClusterClient implements DriverClient {
  readonly driver = 'node-redis';
  readonly send: CommandSender;
  private readonly cluster: NativeNodeRedisCluster;
  private readonly scout: ClusterScout;
  private readonly attempts = new Attempts();
  private readonly subscriptions = new ClusterSubscriptions();
  private readonly roots: object[] = [];
  private lost: (reason: unknown) => void = () => undefined;
  private readonly guards = new ClusterGuards((fault) => {
    this.hostility = fault;
    this.lastError = fault;
  });
  private lastError: unknown;
  private hostility: HostileReplyError | undefined;
  private isUp = false;
  private dialling: Promise<unknown> = Promise.resolve();
  /** One a life of the sockets: the driver keeps no hold of one that it only asks for the nodes. */
  private ending = new AbortController();

  constructor(private readonly parts: NodeRedisClusterParts) {
    this.scout = parts.makeScout();
    this.cluster = parts.make(this.roots, () => this.ending.signal);
    this.send = nodeRedisClusterSender(this.cluster);
    // Never taken off: without this listener an error ends the process.
    this.cluster.on('error', this.onError);
    this.cluster.on('node-error', this.onNodeError);
    this.cluster.on('node-disconnect', () => this.onNodeEnd());
    this.cluster.on('node-connect', () => this.guards.guard(this.cluster));
  }

  get native(): RedisClient {
    return this.cluster;
  }

  get isReady(): boolean {
    return this.isUp && this.cluster.masters.every(isServing);
  }

  get socketCount(): number {
    const { masters, replicas, pubSubNode } = this.cluster;
    const clients = [...masters, ...replicas].flatMap((node) => [node.client, node.pubSub?.client]);
    return [...clients, pubSubNode?.client].filter((client) => client?.isReady === true).length;
  }

  nodes(): readonly CommandSender[] {
    return this.cluster.masters.map((node) => senderTo(node));
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
    this.isUp = false;
    await this.scout.stop();
    this.destroy();
    // An attempt in flight finds out, and ends what it had begun meanwhile.
    await Promise.all([this.attempts.ended(), this.dialling]);
    this.destroy();
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
    return new NodeRedisClusterClient(this.parts);
  }

  private async open(assertCurrent: () => void, handshakeTimeoutMs: number): Promise<void> {
    this.lastError = undefined;
    this.hostility = undefined;
    const { masters } = await this.scout.find(handshakeTimeoutMs);
    assertCurrent();
    this.roots.splice(0, this.roots.length, ...masters.map((socket) => ({ socket: { ...socket } })));
    const opening = orMostTelling(this.cluster, ['error', 'node-error'], async () => {
      await this.dial(handshakeTimeoutMs);
      assertCurrent();
      // A node that refused the first discovery is passed over in the next, and the driver calls that connected.
      if (!this.cluster.masters.every(isServing)) throw connectionClosed();
      await withinHandshake(Promise.all(this.nodes().map(assertServing)), handshakeTimeoutMs);
      await withinHandshake(this.subscriptions.restore(this.cluster), handshakeTimeoutMs);
    });
    await opening.catch((error: unknown) => {
      throw this.hostility ?? error;
    });
    assertCurrent();
    this.isUp = true;
  }

  private dial(handshakeTimeoutMs: number): Promise<unknown> {
    this.ending = new AbortController();
    setMaxListeners(0, this.ending.signal);
    const dialling = this.cluster.connect();
    this.dialling = dialling.catch(() => undefined);
    return withinHandshake(dialling, handshakeTimeoutMs);
  }

  private destroy(): void {
    this.subscriptions.keep(this.cluster);
    destroyNodes(this.cluster);
    this.ending.abort();
    destroyCluster(this.cluster);
  }

  private readonly onError = (error: unknown): void => {
    this.lastError = error;
  };

  /** While ready, an error is the parser's: node-redis keeps a socket whose replies are out of step. */
  private readonly onNodeError = (error: unknown, node: NativeClusterNode = {}): void => {
    if (isErrorReply(error)) return;
    this.lastError = this.hostility ?? error;
    this.tellLost(node);
  };

  /** A node that the driver let go has left the list before. */
  private onNodeEnd(): void {
    const lost = this.cluster.masters.find((node) => !isServing(node));
    if (lost !== undefined) this.tellLost(lost);
  }

  private tellLost(node: NativeClusterNode): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.lost(new LostNodeError(nodeText(node), this.lastError));
  }
}
