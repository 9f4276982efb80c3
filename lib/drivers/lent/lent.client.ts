import { ioredisSender } from '../../commands/ioredis.sender.js';
import { nodeRedisSender } from '../../commands/node-redis.sender.js';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { RedisError } from '../../errors/redis.error.js';
import type {
  IoredisLikeClient,
  NodeRedisLikeClient,
  RedisClient,
  RedisDriverName,
} from '../../interfaces/redis-client.interface.js';
import { createDeferred, type Deferred } from '../../utils/deferred.js';
import { withDeadline } from '../../utils/deadline.js';
import type { DriverClient } from '../driver.interface.js';
import { duplicatorOf } from './duplicator-of.js';
import { assertClient, isClusterClient } from '../identify-client.js';
import { clusterSender, isClusterReady, masterSenders } from './lent-cluster.js';

const PATIENCE = 0.8;

/** The last is a node-redis cluster's; of any other client it comes too early, and is looked at again. */
const READY_EVENTS = ['ready', 'connect'] as const;
const END_EVENTS = ['close', 'end', 'disconnect'] as const;

/** Kept by its owner: used, never closed, forced or reconfigured. Reconnecting is the owner's. @internal */
export class LentClient implements DriverClient {
  readonly driver: RedisDriverName;
  readonly native: RedisClient;
  readonly send: CommandSender;
  private readonly isCluster: boolean;
  private lost: (reason: unknown) => void = () => undefined;
  private ready: Deferred<void> = createDeferred();
  private wasReady = false;
  private lastError: unknown;

  /** @throws RedisError where it is no client of a driver */
  static async of(lent: unknown): Promise<LentClient> {
    const { client, driver } = assertClient(lent);
    return new LentClient(client, driver, await duplicatorOf(client, driver));
  }

  private constructor(
    client: RedisClient,
    driver: RedisDriverName,
    private readonly makeDuplicate: () => DriverClient,
  ) {
    this.driver = driver;
    this.native = client;
    this.isCluster = isClusterClient(client);
    this.send = this.isCluster ? clusterSender(client, driver) : senderOf(client, driver);
    client.on('error', this.onError);
    for (const event of READY_EVENTS) client.on(event, this.onReady);
    for (const event of END_EVENTS) client.on(event, this.onEnd);
  }

  get isReady(): boolean {
    if (this.isCluster) return isClusterReady(this.native);
    return this.driver === 'ioredis'
      ? (this.native as IoredisLikeClient).status === 'ready'
      : (this.native as NodeRedisLikeClient).isReady;
  }

  nodes(): readonly CommandSender[] {
    return this.isCluster ? masterSenders(this.native, this.driver) : [this.send];
  }

  /** Its owner decides where it leads to. */
  aim(): void {}

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  /** Waits until its owner has connected it. */
  async connect(handshakeTimeoutMs: number): Promise<void> {
    if (!this.isReady) {
      this.ready = createDeferred();
      // Sooner than the boot's own deadline, which then has something to say.
      await withDeadline(this.ready.promise, handshakeTimeoutMs * PATIENCE, () => this.notConnected());
    }
    this.lastError = undefined;
    this.wasReady = true;
  }

  drop(): Promise<void> {
    return Promise.resolve();
  }

  quit(): Promise<void> {
    return this.end();
  }

  end(): Promise<void> {
    this.native.off('error', this.onError);
    for (const event of READY_EVENTS) this.native.off(event, this.onReady);
    for (const event of END_EVENTS) this.native.off(event, this.onEnd);
    this.ready.reject(this.notConnected());
    return Promise.resolve();
  }

  duplicate(): DriverClient {
    return this.makeDuplicate();
  }

  /** What its owner's attempts met, else that there were none. */
  private notConnected(): Error {
    if (this.lastError instanceof Error) return this.lastError;
    const message = 'The client that was handed in is not connected; its owner has to connect it.';
    return new RedisError({ kind: 'unavailable', operation: 'connect', message });
  }

  private readonly onReady = (): void => {
    if (this.isReady) this.ready.resolve();
  };

  private readonly onError = (error: unknown): void => {
    this.lastError = error;
    this.tellLost();
  };

  private readonly onEnd = (): void => this.tellLost();

  private tellLost(): void {
    if (this.isReady || !this.wasReady) return;
    this.wasReady = false;
    this.lost(this.lastError);
  }
}

function senderOf(client: RedisClient, driver: RedisDriverName): CommandSender {
  return driver === 'ioredis'
    ? ioredisSender(client as IoredisLikeClient)
    : nodeRedisSender(client as NodeRedisLikeClient);
}
