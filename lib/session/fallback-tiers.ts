import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import { joinEntries } from './join-entries.js';

/** What the fallback tiers know together. @internal */
export interface FallbackAnswer {
  readonly held: HeldSession | undefined;
  /** Whether any tier answered. */
  readonly answered: boolean;
  /** Whether a tier answered that may say "not found". */
  readonly trusted: boolean;
}

/** A dirty entry and the tier that holds it. @internal */
export interface PendingSession extends DirtySession {
  readonly tier: SessionTier;
}

/** The tiers beside Redis as one: a read joins what they know, a write goes to each that can take it. @internal */
export class FallbackTiers {
  private readonly local: readonly SessionTier[];

  constructor(private readonly tiers: readonly SessionTier[]) {
    this.local = tiers.filter((tier) => !tier.shared);
  }

  get isEmpty(): boolean {
    return this.tiers.length === 0;
  }

  get dirtyCount(): number {
    return this.tiers.reduce((sum, tier) => sum + tier.dirtyCount, 0);
  }

  /** The first that can be asked. */
  get serving(): string | undefined {
    return this.available[0]?.name;
  }

  async open(): Promise<void> {
    for (const tier of this.tiers) await tier.open?.();
  }

  async close(): Promise<void> {
    for (const tier of this.tiers) await tier.close?.();
  }

  /** What this process alone knows, without asking a server. */
  async readLocal(id: string): Promise<HeldSession | undefined> {
    return joinHeld(valuesOf(await Promise.allSettled(this.local.map((tier) => tier.get(id)))));
  }

  async read(id: string): Promise<FallbackAnswer> {
    const tiers = this.available;
    const answers = await Promise.allSettled(tiers.map((tier) => tier.get(id)));
    const trusted = tiers.some((tier, i) => tier.shared && answers[i]?.status === 'fulfilled');
    const values = valuesOf(answers);
    return { held: joinHeld(values), answered: values.length > 0, trusted };
  }

  /** Tells every tier of what Redis took; one that fails is no reason to refuse the change. */
  async keep(id: string, entry: SessionEntry): Promise<HeldSession | undefined> {
    return joinHeld(valuesOf(await this.putAll(id, entry, false)));
  }

  /** Takes a change instead of Redis: at least one tier must. Undefined where none can be asked. */
  async take(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession | undefined> {
    return oneOf(await this.putAll(id, entry, dirty));
  }

  /** Takes over what a read of Redis found; a shared tier was told when it was written. */
  async refresh(id: string, entry: SessionEntry): Promise<HeldSession | undefined> {
    return joinHeld(valuesOf(await Promise.allSettled(this.local.map((tier) => tier.put(id, entry, false)))));
  }

  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    const answers = await Promise.allSettled(this.available.map((tier) => tier.touch(id, touch, dirty)));
    return dirty ? oneOf(answers) : joinHeld(valuesOf(answers));
  }

  /** Redis no longer has it: neither should this process. */
  async forget(id: string, entry: SessionEntry): Promise<void> {
    await Promise.allSettled(this.local.map((tier) => tier.forget(id, entry)));
  }

  async markAllDirty(): Promise<void> {
    for (const tier of this.available) await tier.markAllDirty();
  }

  async *drain(batchSize: number): AsyncGenerator<readonly PendingSession[]> {
    for (const tier of this.available) {
      for await (const batch of tier.drain(batchSize)) yield batch.map((dirty) => ({ ...dirty, tier }));
    }
  }

  private putAll(id: string, entry: SessionEntry, dirty: boolean): Promise<PromiseSettledResult<HeldSession>[]> {
    return Promise.allSettled(this.available.map((tier) => tier.put(id, entry, dirty)));
  }

  private get available(): readonly SessionTier[] {
    return this.tiers.filter((tier) => tier.isAvailable);
  }
}

function valuesOf<T>(answers: readonly PromiseSettledResult<T>[]): T[] {
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** The joined result, or the reason of the last tier where none took it: acknowledging that would be a lie. */
function oneOf(answers: readonly PromiseSettledResult<HeldSession | undefined>[]): HeldSession | undefined {
  const values = valuesOf(answers);
  const refusal = answers.findLast((answer) => answer.status === 'rejected');
  if (values.length === 0 && refusal !== undefined) throw refusal.reason;
  return joinHeld(values);
}

function joinHeld(all: readonly (HeldSession | undefined)[]): HeldSession | undefined {
  return all.reduce((a, b) => {
    if (a === undefined || b === undefined) return a ?? b;
    return { entry: joinEntries(a.entry, b.entry), dirty: a.dirty || b.dirty };
  }, undefined);
}
