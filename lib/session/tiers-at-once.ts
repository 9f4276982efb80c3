import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import { isRedisError } from '../errors/redis.error.js';
import type { RedisError } from '../errors/redis.error.js';
import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import type { Settled } from './held-sessions.js';

/** A dirty entry and the tier that holds it. @internal */
export interface PendingSession extends DirtySession {
  readonly tier: SessionTier;
}

/** One after the other; where one refuses, those before it are closed again. @internal */
export async function openAll(tiers: readonly SessionTier[]): Promise<void> {
  const opened: SessionTier[] = [];
  try {
    for (const tier of tiers) {
      await tier.open?.();
      opened.push(tier);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** All of them, also where one fails, whose reason is then thrown. @internal */
export async function closeAll(tiers: readonly SessionTier[]): Promise<void> {
  const results = await Promise.allSettled(tiers.map(async (tier) => tier.close?.()));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** @internal */
export async function* drainOf(
  tiers: readonly SessionTier[],
  batchSize: number,
): AsyncGenerator<readonly PendingSession[]> {
  for (const tier of tiers) {
    for await (const batch of tier.drain(batchSize)) yield batch.map((dirty) => ({ ...dirty, tier }));
  }
}

/** @internal */
export function available(tiers: readonly SessionTier[]): readonly SessionTier[] {
  return tiers.filter((tier) => tier.isAvailable);
}

/** The answers of no tier, which are usual, and need not be gathered. */
const NONE: Promise<Settled<never>> = Promise.resolve([]);

/** @internal */
export function putAll(
  tiers: readonly SessionTier[],
  id: string,
  entry: SessionEntry,
  dirty: boolean,
): Promise<Settled<HeldSession>> {
  if (tiers.length === 0) return NONE;
  return Promise.allSettled(available(tiers).map((tier) => tier.put(id, entry, dirty)));
}

/** @internal */
export function touchAll(
  tiers: readonly SessionTier[],
  id: string,
  touch: SessionTouch,
  dirty: boolean,
): Promise<Settled<HeldSession | undefined>> {
  if (tiers.length === 0) return NONE;
  return Promise.allSettled(available(tiers).map((tier) => tier.touch(id, touch, dirty)));
}

/** Of a server that may be slow or interrupted, and not out: asked at once again, the answer may be another. */
const PASSING: ReadonlySet<RedisErrorKind> = new Set(['command-timeout', 'connection-lost', 'max-clients', 'busy']);

/** Asks a shared tier once more where it failed in passing and does not count as lost. @internal */
export async function insist<T>(tier: SessionTier, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isUndecided(tier, error)) throw error;
    return call();
  }
}

/** Whether a shared tier failed that other nodes may well be served by: its word is not to be replaced by another's. @internal */
export function isUndecided(tier: SessionTier, error: unknown): error is RedisError {
  return tier.shared && tier.isAvailable && isRedisError(error) && PASSING.has(error.redisErrorKind);
}

/** The failure of the first tier that is undecided. @internal */
export function undecidedOf(tiers: readonly SessionTier[], answers: Settled<unknown>): RedisError | undefined {
  const failures = tiers.map((tier, at) => {
    const answer = answers[at];
    const reason: unknown = answer?.status === 'rejected' ? answer.reason : undefined;
    return isUndecided(tier, reason) ? reason : undefined;
  });
  return failures.find((failure) => failure !== undefined);
}
