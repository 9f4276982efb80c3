import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import type { HeldSession, SessionEntry } from '../interfaces/session-entry.interface.js';
import { isTombstone } from '../join-entries.js';

/** Payloads and ids of the suite are long, and an error is read by people. */
const SHOWN = { depth: 4, maxStringLength: 120, maxArrayLength: 12, breakLength: 100 } as const;

/** The tier broke this rule. @internal */
export function broken(rule: string, seen: unknown, expected?: unknown): AssertionError {
  const wanted = expected === undefined ? '' : `\nExpected: ${inspect(expected, SHOWN)}`;
  return new AssertionError({
    message: `The contract of session tiers is broken: ${rule}.\nSeen: ${inspect(seen, SHOWN)}${wanted}`,
    operator: 'sessionTierContract',
  });
}

/** @internal */
export function check(holds: boolean, rule: string, seen: unknown): asserts holds {
  if (!holds) throw broken(rule, seen);
}

/** Compares values that JSON can hold, in the order of their fields. @internal */
export function checkEqual(seen: unknown, expected: unknown, rule: string): void {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) throw broken(rule, seen, expected);
}

/** @internal */
export function checkNothing(seen: unknown, rule: string): void {
  if (seen !== undefined) throw broken(rule, seen);
}

/** Held, and a tombstone that is remembered long enough; its version counts for nothing. @internal */
export function checkDead(held: HeldSession | undefined, rule: string, until = 0): void {
  if (held === undefined || !isTombstone(held.entry)) throw broken(rule, held);
  if (held.entry.expiresAt < until) throw broken(`${rule}, until ${until} at least`, held);
}

/** Held, and says the same as this live entry. @internal */
export function checkLive(held: HeldSession | undefined, entry: SessionEntry, rule: string): void {
  if (held === undefined) throw broken(rule, held, entry);
  checkEqual(fieldsOf(held.entry), fieldsOf(entry), rule);
}

/** The ids without regard to their order, each as often as it comes. @internal */
export function checkIds(seen: readonly string[], expected: readonly string[], rule: string): void {
  checkEqual(seen.toSorted(), expected.toSorted(), rule);
}

function fieldsOf({ version, expiryVersion, expiresAt, data, userId }: SessionEntry) {
  return { version, expiryVersion, expiresAt, data, userId };
}
