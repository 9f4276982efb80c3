import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { deferred, withDeadline } from './eventually.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

const PREFIX = 'nestjs-redis-hub:';

/** What was published on one channel of ours from now on, in order. */
export class HeardEvents<T> implements TestResource {
  readonly events: T[] = [];
  private check: () => void = () => undefined;
  private readonly listener = (event: unknown): void => {
    this.events.push(event as T);
    this.check();
  };

  /** @param channel without the package's name, such as `state` */
  constructor(private readonly channel: string) {
    subscribe(PREFIX + channel, this.listener);
    track(this);
  }

  /** Waits until what was heard is enough. */
  async until(isEnough: (events: readonly T[]) => boolean): Promise<void> {
    const seen = deferred();
    this.check = () => isEnough(this.events) && seen.resolve();
    this.check();
    await withDeadline(seen.promise, { timeoutMs: 15_000, what: `events of ${this.channel}` });
  }

  /** What was heard since this was called last. */
  take(): T[] {
    return this.events.splice(0);
  }

  stop(): Promise<void> {
    unsubscribe(PREFIX + this.channel, this.listener);
    untrack(this);
    return Promise.resolve();
  }
}
