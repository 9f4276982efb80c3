import type { EnsureReadyOptions } from '../interfaces/redis-connection.interface.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { startDeadline } from '../utils/deadline.js';

/** Makes the errors of a wait that ended without a client. @internal */
export interface WaitErrors {
  passed(timeoutMs: number): Error;
  aborted(reason: unknown): Error;
}

/**
 * The one promise that all callers of an attempt share, each with a deadline and a signal of its own. It is cleared when
 * it settles, on success and on failure.
 *
 * @internal
 */
export class ReadyWaiters {
  private shared: Deferred<RedisClient> | undefined;

  constructor(private readonly errors: WaitErrors) {}

  /** Whether an attempt is being waited for. */
  get isWaiting(): boolean {
    return this.shared !== undefined;
  }

  /** Begins to wait, or joins those who do. */
  join(timeoutMs: number, signal: EnsureReadyOptions['signal']): Promise<RedisClient> {
    this.shared ??= createDeferred<RedisClient>();
    return this.bounded(this.shared.promise, timeoutMs, signal);
  }

  resolve(client: RedisClient): void {
    this.take()?.resolve(client);
  }

  reject(error: Error): void {
    this.take()?.reject(error);
  }

  private take(): Deferred<RedisClient> | undefined {
    const { shared } = this;
    this.shared = undefined;
    return shared;
  }

  private bounded(
    shared: Promise<RedisClient>,
    timeoutMs: number,
    signal: EnsureReadyOptions['signal'],
  ): Promise<RedisClient> {
    return new Promise<RedisClient>((resolve, reject) => {
      if (signal?.aborted === true) return reject(this.errors.aborted(signal.reason));
      const deadline = startDeadline(timeoutMs, () => reject(this.errors.passed(timeoutMs)));
      const onAbort = (): void => reject(this.errors.aborted(signal?.reason));
      signal?.addEventListener('abort', onAbort, { once: true });
      shared.then(resolve, reject).finally(() => {
        deadline.stop();
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }
}
