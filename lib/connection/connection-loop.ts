import type { DriverClient } from '../drivers/driver.interface.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { withDeadline } from '../utils/deadline.js';
import { createPause, type Pause } from '../utils/pause.js';
import { verifyConnection, type Expected, type RedisRole } from './verify-connection.js';

/** How long a socket may take to be gone once it was dropped. */
const DROP_MS = 500;

const late = (): Error => new Error('The server did not let us go in time');
const silent = (): Error => new Error('Connection timeout: the server did not answer the questions after login');

/** What the loop tells its connection. Errors are the drivers' own. @internal */
export interface LoopHooks {
  onConnected(role: RedisRole): void;
  onLost(reason: unknown): void;
  /** @returns milliseconds to wait before the next attempt */
  onFailed(error: unknown, failuresInARow: number): number;
  /** @returns milliseconds to wait before the first attempt after a loss */
  afterLoss(): number;
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

  /** Cuts the wait before the next attempt short. */
  hurry(): void {
    this.pause.end();
  }

  /** Throws the socket away: it is of no use, whatever the driver thinks. */
  discard(reason: Error): void {
    this.loss.resolve(reason);
  }

  /** Ends the loop and the socket: after the replies that are owed, or by force once `graceMs` have passed. */
  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.pause.end();
    const ended = graceMs > 0 ? this.quitWithin(graceMs) : this.client.drop();
    // An attempt that is still opening its socket ends by its own connect timeout; nobody waits for that.
    await withDeadline(ended, graceMs + DROP_MS, late).catch(() => undefined);
    this.loss.resolve(undefined);
    if (!this.isOpening) await this.running;
    this.client.release();
  }

  private quitWithin(graceMs: number): Promise<void> {
    return withDeadline(this.client.quit(), graceMs, late).catch(() => this.client.drop());
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      const waitMs = await this.live(failures);
      failures = waitMs.failures;
      if (this.stopped) return;
      this.pause = createPause(waitMs.ms);
      await this.pause.done;
    }
  }

  /** One attempt and, where it succeeded, the life of the connection up to its loss. */
  private async live(failures: number): Promise<{ ms: number; failures: number }> {
    this.loss = createDeferred();
    const opened = await this.open();
    if (this.stopped) return { ms: 0, failures };
    if ('error' in opened) return { ms: this.hooks.onFailed(opened.error, failures + 1), failures: failures + 1 };
    this.hooks.onConnected(opened.role);
    const reason = await this.loss.promise;
    if (this.stopped) return { ms: 0, failures: 0 };
    this.hooks.onLost(reason);
    await this.client.drop();
    return { ms: this.hooks.afterLoss(), failures: 0 };
  }

  private async open(): Promise<{ role: RedisRole } | { error: unknown }> {
    this.isOpening = true;
    try {
      await this.client.connect(this.handshakeTimeoutMs);
      const role = await withDeadline(verifyConnection(this.client, this.expected), this.handshakeTimeoutMs, silent);
      if (!this.client.isReady) throw new Error('Connection is closed.');
      return { role };
    } catch (error) {
      await this.client.drop();
      return { error };
    } finally {
      this.isOpening = false;
    }
  }
}
