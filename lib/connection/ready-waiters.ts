import type { EnsureReadyOptions } from '../interfaces/redis-connection.interface.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';
import { startDeadline } from '../utils/deadline.js';
import { AbortGroups } from './abort-groups.js';

/** Makes the errors of a wait that ended without a client. @internal */
export interface WaitErrors {
  passed(timeoutMs: number): Error;
  aborted(reason: unknown): Error;
}

interface Waiter {
  resolve(client: RedisClient): void;
  reject(error: Error): void;
}

/**
 * Those who wait for the one attempt, each with a deadline and a signal of its own. Cleared when the attempt ends, on
 * success and on failure; who gives up earlier leaves nothing behind, however long the attempt goes on.
 *
 * @internal
 */
export class ReadyWaiters {
  private readonly waiters = new Set<Waiter>();
  private readonly aborts = new AbortGroups();

  constructor(private readonly errors: WaitErrors) {}

  /** Whether anyone waits. */
  get isWaiting(): boolean {
    return this.waiters.size > 0;
  }

  /** Begins to wait, or joins those who do. */
  join(timeoutMs: number, signal: EnsureReadyOptions['signal']): Promise<RedisClient> {
    return new Promise<RedisClient>((resolve, reject) => {
      if (signal?.aborted === true) return reject(this.errors.aborted(signal.reason));
      const leave = (): void => {
        this.waiters.delete(waiter);
        deadline.stop();
        forget?.();
      };
      const fail = (error: Error): void => {
        leave();
        reject(error);
      };
      const waiter: Waiter = {
        resolve: (client) => {
          leave();
          resolve(client);
        },
        reject: fail,
      };
      const deadline = startDeadline(timeoutMs, () => fail(this.errors.passed(timeoutMs)));
      const forget = signal && this.aborts.add(signal, () => fail(this.errors.aborted(signal.reason)));
      this.waiters.add(waiter);
    });
  }

  resolve(client: RedisClient): void {
    for (const waiter of this.waiters) waiter.resolve(client);
  }

  reject(error: Error): void {
    for (const waiter of this.waiters) waiter.reject(error);
  }
}
