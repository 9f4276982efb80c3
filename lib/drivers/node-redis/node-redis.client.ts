import { getEventListeners, type EventEmitter } from 'node:events';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { nodeRedisSender } from '../../commands/node-redis.sender.js';
import { isErrorReply } from '../../errors/is-error-reply.js';
import type { NodeRedisLikeClient, RedisClient } from '../../interfaces/redis-client.interface.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { createDeferred, type Deferred } from '../../utils/deferred.js';
import type { DriverClient } from '../driver.interface.js';
import { createReplyGuard, guardReplies, socketsOpenedBy, type HostileReplyError } from '../guard-replies.js';
import { handOver } from './hand-over.js';
import { whenSettledOrPassed } from '../handshake-deadline.js';
import { tapTlsReplies, type ReplyListener } from './reply-tap.js';
import { untilAnswered } from '../until-answered.js';

/** The part of node-redis' client that we steer. @internal */
export type NativeNodeRedis = NodeRedisLikeClient
  & EventEmitter & {
    readonly options?: { socket?: object; readonly database?: number };
    select(db: number): Promise<unknown>;
  };

/** How a client is made: `signal` goes into its socket options, and ends a socket that is still being opened. @internal */
export type MakeNodeRedis = (signal: AbortSignal) => NativeNodeRedis;

/** node-redis' life, told in our words. @internal */
export class NodeRedisClient implements DriverClient {
  readonly driver = 'node-redis';
  readonly send: CommandSender;
  private readonly redis: NativeNodeRedis;
  /** The client that opens the socket: itself, or one that was made for another address and hands it over. */
  private opener: NativeNodeRedis;
  private isAimed = false;
  private readonly ending = new AbortController();
  private lost: (reason: unknown) => void = () => undefined;
  private wasReady = false;
  private wasEverReady = false;
  private connecting: Promise<void> | undefined;
  private socketOpened: Deferred<void> = createDeferred();
  private hostility: HostileReplyError | undefined;
  /** Over TLS; else the guard is on the socket itself. */
  private listener: ReplyListener | undefined;

  constructor(make: MakeNodeRedis) {
    this.redis = make(this.ending.signal);
    this.opener = this.redis;
    this.send = nodeRedisSender(this.redis);
    // Never taken off: without this listener a lost connection ends the process, also one that is lost while closing.
    this.redis.on('error', this.onError);
    this.redis.on('end', () => this.tellLost(undefined));
    this.redis.on('connect', () => this.socketOpened.resolve());
  }

  get native(): RedisClient {
    return this.redis;
  }

  get isReady(): boolean {
    return this.redis.isReady;
  }

  nodes(): readonly CommandSender[] {
    return [this.send];
  }

  aim(endpoint: HostEndpoint): void {
    this.isAimed = true;
    const { options } = this.redis;
    // Of those that are made from now on: its own socket keeps the address that it was made with.
    if (options !== undefined) options.socket = { ...options.socket, ...endpoint };
  }

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  async connect(handshakeTimeoutMs: number): Promise<void> {
    this.socketOpened = createDeferred();
    this.hostility = undefined;
    this.opener = this.isAimed ? this.makeOpener() : this.redis;
    const attempt = this.open();
    this.connecting = attempt.then(
      () => this.forgetSocket(),
      () => this.forgetSocket(),
    );
    try {
      await whenSettledOrPassed(this.opener, attempt, handshakeTimeoutMs);
    } catch (error) {
      throw this.hostility ?? error;
    }
    this.wasReady = true;
    this.wasEverReady = true;
  }

  /**
   * node-redis 5 and 6 leak the socket of an attempt that is destroyed while it is being opened: it is assigned
   * afterwards, to a client that calls itself closed. So the socket is ended first, which ends the attempt.
   */
  async drop(): Promise<void> {
    if (this.isOpening) {
      this.endSocket();
      await Promise.race([this.socketOpened.promise, this.connecting]);
    }
    this.destroy();
    await this.connecting;
    this.destroy();
  }

  async quit(): Promise<void> {
    // Not by close(): node-redis 5 cannot be forced any more once it waits for the replies of a frozen server.
    if (this.isReady) await this.send(['PING']).catch(() => undefined);
    await this.end();
  }

  /** As {@link drop}; for good, so that the one abort that a socket's options can carry may be spent on it. */
  end(): Promise<void> {
    if (this.isOpening) this.ending.abort();
    return this.drop();
  }

  duplicate(): DriverClient {
    // By the driver itself: `createClient` builds a class for each new set of options, which takes a tenth of a second.
    return new NodeRedisClient((signal) => {
      const socket = { ...this.redis.options?.socket, signal };
      return this.redis.duplicate({ socket } as never) as NativeNodeRedis;
    });
  }

  private makeOpener(): NativeNodeRedis {
    const opener = this.redis.duplicate() as NativeNodeRedis;
    // What it has to say is the reason with which its attempt fails.
    opener.on('error', () => undefined);
    opener.on('connect', () => this.socketOpened.resolve());
    return opener;
  }

  private async open(): Promise<void> {
    await this.dial();
    await untilAnswered(nodeRedisSender(this.opener));
    if (this.opener !== this.redis) await handOver(this.opener, this.redis, this.listener);
    if (this.wasEverReady) await this.selectOwn();
  }

  /** On a new socket node-redis goes on in the database of whatever SELECT was sent on the old one. */
  private async selectOwn(): Promise<void> {
    const { database = 0 } = this.redis.options ?? {};
    await this.redis.select(database).catch((error: unknown) => {
      // Whoever may not ask did not leave; and where a reply of the server's differs, verification says so.
      if (!isErrorReply(error)) throw error;
    });
  }

  private dial(): Promise<unknown> {
    this.listener = tapTlsReplies(this.opener, createReplyGuard(this.onFault));
    return socketsOpenedBy(
      () => this.opener.connect(),
      (socket) => guardReplies(socket, this.onFault),
    );
  }

  private readonly onFault = (fault: HostileReplyError): void => {
    this.hostility = fault;
    if (this.isOpening) this.endSocket();
    this.tellLost(fault);
  };

  private get isOpening(): boolean {
    return this.opener.isOpen && !this.opener.isReady;
  }

  /** What the socket listens to on its signal, which may be used up only once: a TLS handshake would go on for long. */
  private endSocket(): void {
    for (const listener of getEventListeners(this.ending.signal, 'abort')) listener();
  }

  /** Node 20 leaves a socket's listener on the signal of its options for ever, and the socket with it. */
  private forgetSocket(): void {
    const { signal } = this.ending;
    for (const listener of getEventListeners(signal, 'abort')) {
      signal.removeEventListener('abort', listener as () => void);
    }
  }

  private destroy(): void {
    for (const client of new Set([this.opener, this.redis])) {
      if (client.isOpen || client.isReady) client.destroy();
    }
  }

  /** While ready, an error is the parser's: node-redis keeps a socket whose replies are out of step. */
  private readonly onError = (error: unknown): void => {
    if (!isErrorReply(error)) this.tellLost(error);
  };

  private tellLost(reason: unknown): void {
    if (!this.wasReady) return;
    this.wasReady = false;
    this.lost(reason);
  }
}
