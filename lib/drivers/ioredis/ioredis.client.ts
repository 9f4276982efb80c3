import type { Redis } from 'ioredis';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { ioredisSender } from '../../commands/ioredis.sender.js';
import { isErrorReply } from '../../errors/is-error-reply.js';
import type { RedisClient } from '../../interfaces/redis-client.interface.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import type { DriverClient } from '../driver.interface.js';
import { guardReplies, type HostileReplyError } from '../guard-replies.js';
import { whenSettledOrPassed } from '../handshake-deadline.js';
import { IoredisSubscriptions } from './ioredis.subscriptions.js';
import { untilAnswered } from '../until-answered.js';

/** An error reply that comes before any other, such as that of a server with no place left. */
const REFUSAL = /^-([A-Z][^\r\n]{0,200})\r\n/;

interface StatusHolder {
  setStatus(status: string): void;
}

/** ioredis' life, told in our words. @internal */
export class IoredisClient implements DriverClient {
  readonly driver = 'ioredis';
  readonly send: CommandSender;
  private readonly subscriptions: IoredisSubscriptions;
  private lost: (reason: unknown) => void = () => undefined;
  private lastError: unknown;
  private wasReady = false;
  private hostility: HostileReplyError | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly makeAnother: () => DriverClient,
  ) {
    this.send = ioredisSender(redis);
    this.subscriptions = new IoredisSubscriptions(redis);
    redis.on('error', this.onError);
    redis.on('close', this.onClose);
    redis.on('connect', this.onConnect);
  }

  get native(): RedisClient {
    return this.redis;
  }

  get isReady(): boolean {
    // The status goes on saying `ready` until a socket that was ended is closed.
    return this.redis.status === 'ready' && this.redis.stream.writable;
  }

  nodes(): readonly CommandSender[] {
    return [this.send];
  }

  /** The connector reads the options at each attempt. */
  aim({ host, port }: HostEndpoint): void {
    Object.assign(this.redis.options, { host, port });
  }

  onLost(listener: (reason: unknown) => void): void {
    this.lost = listener;
  }

  async connect(handshakeTimeoutMs: number): Promise<void> {
    const errors: unknown[] = [];
    const note = (error: unknown): void => void errors.push(error);
    let refusal: Error | undefined;
    const noteRefusal = (): void => onFirstRefusal(this.redis.stream, (said) => (refusal = said));
    this.lastError = undefined;
    this.hostility = undefined;
    this.redis.on('error', note);
    this.redis.once('connect', noteRefusal);
    try {
      await whenSettledOrPassed(this.redis, this.handshake(errors), handshakeTimeoutMs);
    } catch (error) {
      // connect() says "Connection is closed."; the reason came as an event before it. What the server said tells more
      // than the reset that came with it.
      throw this.hostility ?? errors.find(isErrorReply) ?? refusal ?? errors[0] ?? error;
    } finally {
      this.redis.off('error', note);
      this.redis.off('connect', noteRefusal);
    }
    this.wasReady = true;
  }

  async drop(): Promise<void> {
    if (this.redis.status === 'wait' || this.redis.status === 'end') return;
    const ended = new Promise<void>((resolve) => this.redis.once('end', () => resolve()));
    this.redis.disconnect();
    this.endOfTheDead();
    await ended;
  }

  async quit(): Promise<void> {
    if (!this.isReady) return this.drop();
    const ended = new Promise<void>((resolve) => this.redis.once('end', () => resolve()));
    await this.redis.quit();
    await ended;
  }

  end(): Promise<void> {
    return this.drop();
  }

  duplicate(): DriverClient {
    return this.makeAnother();
  }

  private async handshake(errors: readonly unknown[]): Promise<void> {
    await this.redis.connect();
    await untilAnswered(this.send);
    // ioredis goes on in database 0 when SELECT was refused, and says so only by this event.
    if (errors.length > 0) throw errors[0];
    await this.subscriptions.restore();
  }

  /** ioredis 5 may say ready after the socket was closed during the handshake (redis/ioredis#2099), and never `end`. */
  private endOfTheDead(): void {
    const { status, stream } = this.redis;
    if (status === 'ready' && stream.closed) (this.redis as unknown as StatusHolder).setStatus('end');
  }

  private readonly onError = (error: unknown): void => {
    this.lastError = error;
  };

  /** Said once the driver listens: the guard's listener comes before its own. */
  private readonly onConnect = (): void => guardReplies(this.redis.stream, (fault) => (this.hostility = fault));

  private readonly onClose = (): void => {
    if (!this.wasReady) return;
    this.wasReady = false;
    this.subscriptions.keep();
    this.lost(this.hostility ?? this.lastError);
  };
}

/** ioredis forgets what a server said that hung up right after: it waits for the replies that no longer come. */
function onFirstRefusal(stream: NodeJS.EventEmitter, note: (error: Error) => void): void {
  stream.once('data', (bytes: Buffer) => {
    const text = REFUSAL.exec(bytes.toString('latin1'))?.[1];
    if (text !== undefined) note(Object.assign(new Error(text), { name: 'ReplyError' }));
  });
}
