import type { DriverClient } from '../drivers/driver.interface.js';
import { connectionClosed } from '../errors/connection-closed.js';
import type { RedisError } from '../errors/redis.error.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { withDeadline } from '../utils/deadline.js';
import { createPause, type Pause } from '../utils/pause.js';
import { verifyConnection, type Expected, type RedisRole } from './verify-connection.js';

/** How long a socket may take to be gone once it was dropped. */
const DROP_MS = 200;

/** However often callers ask anew, attempts begin no faster than this. */
const SHORTEST_GAP_MS = 250;

/** A connection that lived so long was a good one. */
const STABLE_MS = 2_000;

const late = (): Error => new Error('The server did not let us go in time');
const silent = (): Error => new Error('Connection timeout: the server did not answer the questions after login');

/** What the loop tells its connection. Errors are the drivers' own. @internal */
export interface LoopHooks {
  /** Why no attempt is worth while now: it fails so, and nobody is dialled. */
  hindrance?(): RedisError | undefined;
  /** Before each attempt: where the server has yet to be found. A rejection is the attempt's failure. */
  beforeAttempt(): Promise<void>;
  /** After the server answered: a throw is the attempt's failure, where it is not the one that was looked for. */
  onVerified(role: RedisRole): void;
  onConnected(role: RedisRole): void;
  onLost(reason: unknown): void;
  /** @returns milliseconds to wait before the next attempt */
  onFailed(error: unknown, failuresInARow: number): number;
  /** @returns milliseconds to wait before the first attempt after a loss; the more, the more often it was lost at once */
  afterLoss(quickLosses: number): number;
}

/**
 * The one loop of a connection: connects, verifies, waits for the loss, drops, and begins again, for ever, until
 * stopped. Nobody else opens or drops the client's socket, so there is never more than one.
 *
 * @internal
 */
export class ConnectionLoop {
  private running: Promise<void> | undefined;
  private isOpening = false;
  private stopped = false;
  private loss: Deferred<unknown> = createDeferred();
  private pause: Pause = createPause(0);
  private isHurried = false;
  private triedAt = -Infinity;

  constructor(
    private readonly client: DriverClient,
    private readonly expected: Expected,
    private readonly handshakeTimeoutMs: number,
    private readonly hooks: LoopHooks,
  ) {
    client.onLost((reason) => this.loss.resolve(reason));
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Cuts the wait before the next attempt short, the one that is about to begin too. */
  hurry(): void {
    this.isHurried = true;
    this.pause.end();
  }

  /** Throws the socket away: it is of no use, whatever the driver thinks. One that is still being opened is not it. */
  discard(reason: Error): void {
    if (!this.isOpening) this.loss.resolve(reason);
  }

  /** Ends the loop and the socket: after the replies that are owed, or by force once `graceMs` have passed. */
  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.pause.end();
    const ended = graceMs > 0 ? this.quitWithin(graceMs) : this.client.end();
    await withDeadline(ended, graceMs + DROP_MS, late).catch(() => undefined);
    this.loss.resolve(undefined);
    await withDeadline(Promise.resolve(this.running), DROP_MS, late).catch(() => undefined);
  }

  private quitWithin(graceMs: number): Promise<void> {
    return withDeadline(this.client.quit(), graceMs, late).catch(() => this.client.end());
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      const waitMs = await this.live(failures);
      failures = waitMs.failures;
      if (this.stopped) return;
      await this.rest(waitMs.ms);
    }
  }

  /** Between two attempts. */
  private async rest(ms: number): Promise<void> {
    this.pause = createPause(this.isHurried ? 0 : ms);
    await this.pause.done;
    const gapMs = this.triedAt + SHORTEST_GAP_MS - performance.now();
    if (this.isHurried && gapMs > 0 && !this.stopped) {
      this.pause = createPause(gapMs);
      await this.pause.done;
    }
    this.isHurried = false;
  }

  /** One attempt and, where it succeeded, the life of the connection up to its loss. */
  private async live(failures: number): Promise<{ ms: number; failures: number }> {
    this.loss = createDeferred();
    const opened = await this.open();
    if (this.stopped) return { ms: 0, failures };
    if ('error' in opened) return { ms: this.hooks.onFailed(opened.error, failures + 1), failures: failures + 1 };
    this.hooks.onConnected(opened.role);
    const connectedAt = performance.now();
    const reason = await this.loss.promise;
    if (this.stopped) return { ms: 0, failures: 0 };
    this.hooks.onLost(reason);
    await this.dropped();
    // A server that takes us in and throws us out again would be dialled without end.
    const quickLosses = performance.now() - connectedAt < STABLE_MS ? failures + 1 : 0;
    return { ms: this.hooks.afterLoss(quickLosses), failures: quickLosses };
  }

  private async open(): Promise<{ role: RedisRole } | { error: unknown }> {
    const hindrance = this.hooks.hindrance?.();
    if (hindrance !== undefined) return { error: hindrance };
    this.isOpening = true;
    this.triedAt = performance.now();
    try {
      await this.hooks.beforeAttempt();
      if (this.stopped) throw connectionClosed();
      await this.client.connect(this.handshakeTimeoutMs);
      const role = await withDeadline(verifyConnection(this.client, this.expected), this.handshakeTimeoutMs, silent);
      this.hooks.onVerified(role);
      if (!this.client.isReady) throw connectionClosed();
      return { role };
    } catch (error) {
      await this.dropped();
      return { error };
    } finally {
      this.isOpening = false;
    }
  }

  /** What a driver says of a socket that it should throw away must not end the loop. */
  private async dropped(): Promise<void> {
    await this.client.drop().catch(() => undefined);
  }
}
