import type { EventEmitter } from 'node:events';
import type { CommandSender } from '../commands/command-sender.interface.js';
import { nodeRedisSender } from '../commands/node-redis.sender.js';
import type { NodeRedisLikeClient, RedisClient } from '../interfaces/redis-client.interface.js';
import type { DriverClient } from './driver.interface.js';
import { whenSettledOrPassed } from './handshake-deadline.js';

/** The part of node-redis' client that we steer. @internal */
export type NativeNodeRedis = NodeRedisLikeClient & EventEmitter & { unref(): void };

/** node-redis' life, told in our words. @internal */
export class NodeRedisClient implements DriverClient {
  readonly driver = 'node-redis';
  readonly send: CommandSender;
  private lost: (reason: unknown) => void = () => undefined;
  private wasReady = false;
  private connecting: Promise<unknown> | undefined;
  private socketOpened: Promise<unknown> | undefined;

  constructor(
    private readonly redis: NativeNodeRedis,
    private readonly commandTimeoutMs: number,
    private readonly makeAnother: () => DriverClient,
  ) {
    this.send = nodeRedisSender(redis, commandTimeoutMs);
    // Without this listener a lost connection ends the process.
    redis.on('error', this.onError);
    redis.on('end', this.onEnd);
  }

  get native(): RedisClient {
    return this.redis;
  }

  get isReady(): boolean {
    return this.redis.isReady;
  }

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  async connect(handshakeTimeoutMs: number): Promise<void> {
    this.socketOpened = new Promise<void>((resolve) => this.redis.once('connect', resolve));
    this.connecting = this.redis.connect();
    await whenSettledOrPassed(this.redis, this.connecting, handshakeTimeoutMs);
    this.wasReady = true;
  }

  /**
   * node-redis 5 and 6 leak the socket of an attempt that is destroyed while it is being opened: it is assigned
   * afterwards, to a client that calls itself closed. So we let it open (bounded by the connect timeout), then destroy.
   */
  async drop(): Promise<void> {
    const { connecting } = this;
    if (connecting !== undefined) {
      const settled = connecting.catch(() => undefined);
      if (!this.redis.isReady && this.redis.isOpen) await Promise.race([this.socketOpened, settled]);
      this.destroy();
      await settled;
    }
    this.destroy();
  }

  async quit(): Promise<void> {
    if (!this.isReady) return this.drop();
    await this.redis.close();
  }

  duplicate(): DriverClient {
    return this.makeAnother();
  }

  release(): void {
    this.redis.off('error', this.onError);
    this.redis.off('end', this.onEnd);
  }

  private destroy(): void {
    if (this.redis.isOpen || this.redis.isReady) this.redis.destroy();
  }

  private readonly onError = (error: unknown): void => {
    if (!this.redis.isReady) this.tellLost(error);
  };

  private readonly onEnd = (): void => this.tellLost(undefined);

  private tellLost(reason: unknown): void {
    if (!this.wasReady) return;
    this.wasReady = false;
    this.lost(reason);
  }
}
