import type { RedisError } from '../errors/redis.error.js';
import type { HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import { joinHeld, oneOf, valuesOf } from './held-sessions.js';
import type { Settled } from './held-sessions.js';
import { covers, isTombstone } from './join-entries.js';
import { TierList } from './tier-list.js';
import { available, drainOf, insist, putAll, touchAll, undecidedOf } from './tiers-at-once.js';
import type { PendingSession } from './tiers-at-once.js';
import { SharedTouches } from './shared-touches.js';

/** What the fallback tiers know together. @internal */
export interface FallbackAnswer {
  readonly held: HeldSession | undefined;
  /** Whether any tier answered. */
  readonly answered: boolean;
  /** Whether a tier answered that may say "not found". */
  readonly trusted: boolean;
  /** Why a shared tier gave no answer that is not lost: what others say may then be old. */
  readonly undecided: RedisError | undefined;
}

/** What became of a copy. @internal */
export interface KeptCopy {
  readonly held: HeldSession | undefined;
  /** Whether a shared tier has to be told later. */
  readonly missed: boolean;
}

/** The tiers beside Redis as one: a read joins what they know, a write goes to each that can take it. @internal */
export class FallbackTiers extends TierList {
  readonly touches: SharedTouches;

  constructor(tiers: readonly SessionTier[], touchAfterMs: number) {
    super(tiers);
    this.touches = new SharedTouches(touchAfterMs);
  }

  /** What this process knows without asking. */
  async readLocal(id: string): Promise<HeldSession | undefined> {
    return joinHeld(valuesOf(await Promise.allSettled(this.local.map((tier) => tier.get(id)))));
  }

  async read(id: string): Promise<FallbackAnswer> {
    const tiers = available(this.tiers);
    const answers = await Promise.allSettled(tiers.map((tier) => insist(tier, () => tier.get(id))));
    const trusted = tiers.some((tier, i) => tier.shared && answers[i]?.status === 'fulfilled');
    const values = valuesOf(answers);
    const undecided = trusted ? undefined : undecidedOf(tiers, answers);
    await this.learn(id, joinHeld(valuesOf(answers.filter((_answer, at) => tiers[at]?.shared))));
    return { held: joinHeld(values), answered: values.length > 0, trusted, undecided };
  }

  /**
   * Tells every tier of what Redis took; one that fails is no reason to refuse the change. `dirty` where it is not sure that
   * the Redis which took it is the one that the others read.
   */
  async keep(id: string, entry: SessionEntry, dirty: boolean): Promise<KeptCopy> {
    const [shared, local] = await Promise.all([this.putShared(id, entry, dirty), putAll(this.local, id, entry, false)]);
    const told = joinHeld(valuesOf(shared));
    if (told !== undefined && !covers(entry, told.entry)) await this.learn(id, told);
    return { held: joinHeld(valuesOf([...shared, ...local])), missed: this.missed(shared) };
  }

  /**
   * Takes a change instead of Redis: at least one tier must. Undefined where none can be asked. What a shared tier took is
   * replayed from there, and need not wait in this process.
   */
  async take(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession | undefined> {
    const tiers = available(this.shared);
    const shared = await Promise.allSettled(tiers.map((tier) => insist(tier, () => tier.put(id, entry, dirty))));
    const isTaken = valuesOf(shared).length > 0;
    const undecided = undecidedOf(tiers, shared);
    // Other nodes may be served by it, and would not see what only this process took.
    if (!isTaken && undecided !== undefined) throw undecided;
    const told = joinHeld(valuesOf(shared))?.entry ?? entry;
    const local = await putAll(this.local, id, told, dirty && !isTaken);
    return oneOf([...local, ...shared]);
  }

  /**
   * As {@link take}, provided that the first tier that answers, which decides for all, holds that version. `conflict` where
   * it does not, undefined where none can be asked.
   */
  async takeIf(
    id: string,
    entry: SessionEntry,
    version: string,
    dirty: boolean,
  ): Promise<HeldSession | 'conflict' | undefined> {
    const [tier] = available(this.hasShared ? [...this.shared, ...this.local] : this.local);
    if (tier === undefined) return undefined;
    if (tier.putIf === undefined) {
      const held = await tier.get(id);
      // As far as two steps can tell.
      const isOther = held !== undefined && (isTombstone(held.entry) || held.entry.version !== version);
      return isOther ? 'conflict' : this.take(id, entry, dirty);
    }
    const taken = await tier.putIf(id, entry, version, dirty);
    if (taken === undefined) return 'conflict';
    if (!tier.shared) return this.take(id, entry, dirty);
    return joinHeld([taken, ...valuesOf(await putAll(this.local, id, taken.entry, false))]);
  }

  /** Who can be asked; shared ones only where wanted. */
  available(withShared: boolean): readonly SessionTier[] {
    return available(withShared ? this.tiers : this.local);
  }

  /** Takes over what a read of Redis found; a shared tier was told when it was written. */
  async refresh(id: string, entry: SessionEntry): Promise<HeldSession | undefined> {
    return joinHeld(valuesOf(await putAll(this.local, id, entry, false)));
  }

  /** Puts into the shared tiers only; whether each took it. */
  async copy(id: string, entry: SessionEntry, dirty: boolean): Promise<boolean> {
    return !this.missed(await this.putShared(id, entry, dirty));
  }

  /** A touch that Redis took. A shared tier is told so much ahead that it need not be told each time. */
  async keepTouch(id: string, touch: SessionTouch): Promise<boolean> {
    await touchAll(this.local, id, touch, false);
    if (this.shared.length === 0 || !this.touches.isDue(id, touch.expiresAt)) return true;
    const ahead = { ...touch, expiresAt: this.touches.ahead(touch.expiresAt) };
    const answers = await touchAll(this.shared, id, ahead, false);
    const isKept = !this.missed(answers) && valuesOf(answers).every((held) => held !== undefined);
    if (isKept) this.touches.told(id, ahead.expiresAt);
    return isKept;
  }

  /** A touch instead of Redis. */
  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    const tiers = available(this.shared);
    const shared = await Promise.allSettled(tiers.map((tier) => insist(tier, () => tier.touch(id, touch, dirty))));
    const undecided = undecidedOf(tiers, shared);
    if (dirty && undecided !== undefined) throw undecided;
    const isTaken = valuesOf(shared).some((held) => held !== undefined);
    // A shared tier that answered knows of no such session, or of its end: only a change that it was not told of speaks against it.
    if (!isTaken && valuesOf(shared).length > 0 && !(await this.readLocal(id))?.dirty) return undefined;
    const answers = [...(await touchAll(this.local, id, touch, dirty && !isTaken)), ...shared];
    return dirty ? oneOf(answers) : joinHeld(valuesOf(answers));
  }

  /** Redis no longer has it: neither should this process. */
  async forget(id: string, entry: SessionEntry): Promise<void> {
    await Promise.allSettled(this.local.map((tier) => tier.forget(id, entry)));
  }

  async markAllDirty(): Promise<void> {
    for (const tier of available(this.tiers)) await tier.markAllDirty();
  }

  /** The dirty entries, tier by tier; of this process alone where wanted. */
  drain(batchSize: number, isLocal = false): AsyncGenerator<readonly PendingSession[]> {
    return drainOf(available(isLocal ? this.local : this.tiers), batchSize);
  }

  /** When no other store is left this process is asked alone, and should not know less than it was told. */
  private async learn(id: string, shared: HeldSession | undefined): Promise<void> {
    if (shared !== undefined) await putAll(this.local, id, shared.entry, false);
  }

  private async putShared(id: string, entry: SessionEntry, dirty: boolean): Promise<Settled<HeldSession>> {
    const answers = await putAll(this.shared, id, entry, dirty);
    if (this.shared.length > 0 && !this.missed(answers)) this.touches.told(id, entry.expiresAt);
    return answers;
  }

  private missed(shared: Settled<unknown>): boolean {
    return valuesOf(shared).length < this.shared.length;
  }
}
