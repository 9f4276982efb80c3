import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import type { Settled } from './held-sessions.js';

/** A dirty entry and the tier that holds it. @internal */
export interface PendingSession extends DirtySession {
  readonly tier: SessionTier;
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

/** @internal */
export function putAll(
  tiers: readonly SessionTier[],
  id: string,
  entry: SessionEntry,
  dirty: boolean,
): Promise<Settled<HeldSession>> {
  return Promise.allSettled(available(tiers).map((tier) => tier.put(id, entry, dirty)));
}

/** @internal */
export function touchAll(tiers: readonly SessionTier[], id: string, touch: SessionTouch, dirty: boolean) {
  return Promise.allSettled(available(tiers).map((tier) => tier.touch(id, touch, dirty)));
}
