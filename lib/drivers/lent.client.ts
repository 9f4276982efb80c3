import { ioredisSender } from '../commands/ioredis.sender.js';
import { nodeRedisSender } from '../commands/node-redis.sender.js';
import type { CommandSender } from '../commands/command-sender.interface.js';
import type {
  IoredisLikeClient,
  NodeRedisLikeClient,
  RedisClient,
  RedisDriverName,
} from '../interfaces/redis-client.interface.js';
import { startDeadline } from '../utils/deadline.js';
import type { DriverClient } from './driver.interface.js';
import { duplicateOf } from './duplicate-of.js';
import { assertClient } from './identify-client.js';

/** Kept by its owner: used, never closed, forced or reconfigured. Reconnecting is the owner's. @internal */
export class LentClient implements DriverClient {
  readonly driver: RedisDriverName;
  readonly native: RedisClient;
  readonly send: CommandSender;
  private lost: (reason: unknown) => void = () => undefined;
  private ready: () => void = () => undefined;
  private abandon: () => void = () => undefined;
  private lastError: unknown;

  constructor(
    lent: unknown,
    private readonly commandTimeoutMs: number,
  ) {
    const { client, driver } = assertClient(lent);
    this.driver = driver;
    this.native = client;
    this.send =
      driver === 'ioredis'
        ? ioredisSender(client as IoredisLikeClient)
        : nodeRedisSender(client as NodeRedisLikeClient, commandTimeoutMs);
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

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  /** Waits until its owner has connected it. */
  connect(handshakeTimeoutMs: number): Promise<void> {
    if (this.isReady) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      this.abandon = () => reject(this.notConnected());
      const deadline = startDeadline(handshakeTimeoutMs, this.abandon);
      this.ready = () => {
        deadline.stop();
        resolve();
      };
    });
  }

  drop(): Promise<void> {
    return Promise.resolve();
  }

  quit(): Promise<void> {
    this.release();
    this.abandon();
    return Promise.resolve();
  }

  duplicate(): DriverClient {
    return duplicateOf(this.native, this.driver, this.commandTimeoutMs);
  }

  release(): void {
    this.native.off('error', this.onError);
    this.native.off('ready', this.onReady);
    this.native.off('close', this.onEnd);
    this.native.off('end', this.onEnd);
  }

  private notConnected(): unknown {
    return this.lastError ?? new Error('The client that was handed in is not connected; connect it before boot');
  }

  private readonly onReady = (): void => {
    this.lastError = undefined;
    this.ready();
  };

  private readonly onError = (error: unknown): void => {
    this.lastError = error;
    if (!this.isReady) this.lost(error);
  };

  private readonly onEnd = (): void => {
    if (!this.isReady) this.lost(this.lastError);
  };
}
