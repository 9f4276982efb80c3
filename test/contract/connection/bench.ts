import { RedisConnection } from '../../../lib/connection/redis.connection.js';
import { resolveDriver } from '../../../lib/drivers/resolve-driver.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { RedisClientFactory } from '../../../lib/redis-client.factory.js';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import type { RedisState, RedisStateChange } from '../../../lib/interfaces/redis-state.interface.js';
import type { RedisError } from '../../../lib/errors/redis.error.js';
import type { TestDriver } from '../../support/drivers.js';
import { deferred, withDeadline } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';

/** Short enough for a test, long enough for a busy machine. */
export const FAST = {
  commandTimeoutMs: 150,
  connectTimeoutMs: 1_500,
  watchdogIntervalMs: 200,
  shutdownTimeoutMs: 1_500,
} as const;

interface Closable {
  close(): Promise<void>;
}

interface Observed {
  readonly state: RedisState;
  readonly state$: StandaloneRedis['state$'];
}

/** Opens connections of one driver with short deadlines, and closes them after each test. */
export class Bench {
  private readonly opened: Closable[] = [];
  private sentinel: ProcessSentinel | undefined;

  constructor(readonly driver: TestDriver) {
    beforeEach(() => {
      this.sentinel = ProcessSentinel.start();
    });
    afterEach(async () => {
      await Promise.all(this.opened.splice(0).map((one) => one.close()));
      const { sentinel } = this;
      try {
        await sentinel?.assertQuiet();
      } finally {
        await sentinel?.stop();
      }
    });
  }

  async open(options: RedisModuleOptions): Promise<StandaloneRedis> {
    return this.keep(await RedisClientFactory.create({ driver: this.driver, ...FAST, ...options }));
  }

  /** In the background, as `boot: 'degrade'` does. */
  degraded(options: RedisModuleOptions): Promise<StandaloneRedis> {
    return this.open({ boot: 'degrade', ...options });
  }

  /** A connection that nobody has begun. */
  async idle(options: RedisModuleOptions): Promise<RedisConnection> {
    const settings = toRedisSettings({ driver: this.driver, ...FAST, ...options });
    const connection = this.keep(new RedisConnection('default', settings));
    connection.use((await resolveDriver(this.driver)).create(settings), { db: settings.db });
    return connection;
  }

  keep<T extends Closable>(one: T): T {
    this.opened.push(one);
    return one;
  }
}

/** The next change to that state; at once where it is in it. */
export async function untilState(redis: Observed, wanted: RedisState, timeoutMs = 5_000): Promise<void> {
  if (redis.state === wanted) return;
  await nextChange(redis, wanted, timeoutMs);
}

/** The next change to that state, from now on. */
export async function nextChange(redis: Observed, wanted: RedisState, timeoutMs = 5_000): Promise<RedisStateChange> {
  const seen = deferred<RedisStateChange>();
  const subscription = redis.state$.subscribe((change) => {
    if (change.to === wanted) seen.resolve(change);
  });
  try {
    return await withDeadline(seen.promise, { timeoutMs, what: `state '${wanted}' (now '${redis.state}')` });
  } finally {
    subscription.unsubscribe();
  }
}

/** Everything that happens to a state from now on. */
export function recordStates(redis: Observed): RedisStateChange[] {
  const changes: RedisStateChange[] = [];
  redis.state$.subscribe((change) => changes.push(change));
  return changes;
}

/** What a promise rejects with, as the error of this package; fails when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<RedisError> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in settled) throw new Error(`expected a rejection, got ${JSON.stringify(settled.value)}`);
  expect((settled.error as RedisError).name).toBe('RedisError');
  return settled.error as RedisError;
}

/** How long something took, in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
