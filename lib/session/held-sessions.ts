import type { HeldSession } from './interfaces/session-entry.interface.js';
import { joinEntries } from './join-entries.js';

/** What several tiers answered. @internal */
export type Settled<T> = readonly PromiseSettledResult<T>[];

/** @internal */
export function valuesOf<T>(answers: Settled<T>): T[] {
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** The joined result, or the reason of the last tier where none took it: acknowledging that would be a lie. @internal */
export function oneOf(answers: Settled<HeldSession | undefined>): HeldSession | undefined {
  const values = valuesOf(answers);
  const refusal = answers.findLast((answer) => answer.status === 'rejected');
  if (values.length === 0 && refusal !== undefined) throw refusal.reason;
  return joinHeld(values);
}

/** @internal */
export function joinHeld(all: readonly (HeldSession | undefined)[]): HeldSession | undefined {
  return all.reduce((a, b) => {
    if (a === undefined || b === undefined) return a ?? b;
    return { entry: joinEntries(a.entry, b.entry), dirty: a.dirty || b.dirty };
  }, undefined);
}
