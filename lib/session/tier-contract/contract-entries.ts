import type { SessionEntry, SessionTouch } from '../interfaces/session-entry.interface.js';

/** @internal */
export const HOUR_MS = 3_600_000;

/** Makes the changes of a case: the n-th is newer than all before it, and as old as the case. @internal */
export class ContractEntries {
  readonly startedAt = Date.now();

  versionOf(n: number): string {
    return `${(this.startedAt + n).toString(16).padStart(12, '0')}0000c0117ac7`;
  }

  inHours(hours: number): number {
    return this.startedAt + hours * HOUR_MS;
  }

  live(n: number, expiresAt = this.inHours(1), more: Partial<SessionEntry> = {}): SessionEntry {
    const version = this.versionOf(n);
    return { version, expiryVersion: version, expiresAt, data: `{"n":${n}}`, ...more };
  }

  dead(n: number, expiresAt = this.inHours(1)): SessionEntry {
    return this.live(n, expiresAt, { data: undefined });
  }

  touch(n: number, expiresAt = this.inHours(2)): SessionTouch {
    return { version: this.versionOf(n), expiresAt };
  }

  /** The entry as a touch made after it left it. */
  touched(entry: SessionEntry, n: number, expiresAt: number): SessionEntry {
    return { ...entry, expiryVersion: this.versionOf(n), expiresAt };
  }
}

/** Every order of these. @internal */
export function permutationsOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 1) return [all];
  return all.flatMap((first, at) => permutationsOf(all.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

/** The numbers from 1 on. @internal */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
