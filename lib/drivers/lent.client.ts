import { ioredisSender } from '../commands/ioredis.sender.js';
import { nodeRedisSender } from '../commands/node-redis.sender.js';
import type { CommandSender } from '../commands/command-sender.interface.js';
import { RedisError } from '../errors/redis.error.js';
import type {
  IoredisLikeClient,
  NodeRedisLikeClient,
  RedisClient,
  RedisDriverName,
} from '../interfaces/redis-client.interface.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { withDeadline } from '../utils/deadline.js';
import type { DriverClient } from './driver.interface.js';
import { duplicateOf } from './duplicate-of.js';
import { assertClient } from './identify-client.js';

const PATIENCE = 0.8;

/** Kept by its owner: used, never closed, forced or reconfigured. Reconnecting is the owner's. @internal */
export class LentClient implements DriverClient {
  readonly driver: RedisDriverName;
  readonly native: RedisClient;
  readonly send: CommandSender;
  private lost: (reason: unknown) => void = () => undefined;
  private ready: Deferred<void> = createDeferred();
  private wasReady = false;
  private lastError: unknown;

  constructor(lent: unknown) {
    const { client, driver } = assertClient(lent);
    this.driver = driver;
    this.native = client;
    this.send =
      driver === 'ioredis'
        ? ioredisSender(client as IoredisLikeClient)
        : nodeRedisSender(client as NodeRedisLikeClient);
    client.on('error', this.onError);
    client.on('ready', this.onReady);
    client.on('close', this.onEnd);
    client.on('end', this.onEnd);
  }

  get isReady(): boolean {
    return this.driver === 'ioredis'
      ? (this.native as IoredisLikeClient).status === 'ready'
      : (this.native as NodeRedisLikeClient).isReady;
  }

  nodes(): readonly CommandSender[] {
    return [this.send];
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
    this.native.off('ready', this.onReady);
    this.native.off('close', this.onEnd);
    this.native.off('end', this.onEnd);
    this.ready.reject(this.notConnected());
    return Promise.resolve();
  }

  duplicate(): DriverClient {
    return duplicateOf(this.native, this.driver);
  }

  /** What its owner's attempts met, else that there were none. */
  private notConnected(): Error {
    if (this.lastError instanceof Error) return this.lastError;
    const message = 'The client that was handed in is not connected; its owner has to connect it.';
    return new RedisError({ kind: 'unavailable', operation: 'connect', message });
  }

  private readonly onReady = (): void => this.ready.resolve();

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
