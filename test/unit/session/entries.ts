import type { SessionEntry } from '../../../lib/session/interfaces/session-entry.interface.js';

/** The n-th version of a test's little history. */
export function versionOf(n: number): string {
  return `${n.toString(16).padStart(12, '0')}00000000000a`;
}

/** A live entry of the n-th version. */
export function liveEntry(n: number, expiresAt: number): SessionEntry {
  return { version: versionOf(n), expiryVersion: versionOf(n), expiresAt, data: `{"n":${n}}` };
}

/** A tombstone of the n-th version. */
export function tombstone(n: number, expiresAt: number): SessionEntry {
  return { ...liveEntry(n, expiresAt), data: undefined };
}
