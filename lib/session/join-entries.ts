import type { SessionEntry } from './interfaces/session-entry.interface.js';

/** Whether the session was destroyed. @publicApi */
export function isTombstone(entry: SessionEntry): boolean {
  return entry.data === undefined;
}

/**
 * What follows from two entries of one session, in either order: a tombstone wins and is remembered for as long as
 * anything was promised; else the newer data wins, and a touch made after it is kept where it lengthens the life. Data that
 * was written with the expiry that it found, which is older than itself, takes back no touch made since that expiry.
 *
 * @publicApi
 */
export function joinEntries(a: SessionEntry, b: SessionEntry): SessionEntry {
  if (isTombstone(a) || isTombstone(b))
    return { ...longest(a, b), version: later(a.version, b.version), data: undefined, userId: undefined };
  if (a.version === b.version) return { ...a, ...longest(a, b) };
  const [newer, older] = a.version > b.version ? [a, b] : [b, a];
  return older.expiryVersion > expirySince(newer) ? { ...newer, ...longest(a, b) } : newer;
}

/**
 * Whether everything that `held` says is said by `entry` too: where Redis confirmed `entry`, a tier that holds `held` may
 * clear its dirty mark.
 *
 * @publicApi
 */
export function covers(entry: SessionEntry, held: SessionEntry): boolean {
  if (isTombstone(held)) return isTombstone(entry);
  return entry.version === held.version && entry.expiryVersion >= held.expiryVersion;
}

/**
 * Whether a session had ended before this change of it was made. An end of a later version came after the change, which
 * counted until then: a rotation took it along to the new id.
 *
 * @internal
 */
export function hadEnded(held: SessionEntry, { version }: SessionEntry): boolean {
  return isTombstone(held) && held.version <= version;
}

/** Whether the two say the same. @internal */
export function isSame(a: SessionEntry, b: SessionEntry): boolean {
  return (
    covers(a, b)
    && covers(b, a)
    && a.version === b.version
    && a.expiryVersion === b.expiryVersion
    && a.expiresAt === b.expiresAt
  );
}

/** Touches after this are not known to it. */
function expirySince({ version, expiryVersion }: SessionEntry): string {
  return expiryVersion < version ? expiryVersion : version;
}

function longest(a: SessionEntry, b: SessionEntry): Pick<SessionEntry, 'expiresAt' | 'expiryVersion'> {
  return { expiresAt: Math.max(a.expiresAt, b.expiresAt), expiryVersion: later(a.expiryVersion, b.expiryVersion) };
}

/** The first where they are equal: what came from Redis is a part of a longer text, which it would keep alive. */
function later(a: string, b: string): string {
  return a >= b ? a : b;
}
