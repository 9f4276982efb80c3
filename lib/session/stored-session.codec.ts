import { isVersion } from './hybrid-clock.js';
import type { SessionEntry } from './interfaces/session-entry.interface.js';

/*
 * A session in Redis is one text: `s1`, 24 characters of version, 24 of the expiry's version, 15 digits of the expiry, 12
 * of the hash of the session's id, then the data. Without data it is a tombstone. One text is read by GET, at about twice
 * the rate of a hash (HGETALL), and is smaller; the fixed width lets the scripts compare versions without parsing. The
 * hash is what tells this session's text from another's when replies are out of step.
 */
const FORM = /^s1([0-9a-f]{24})([0-9a-f]{24})(\d{15})([0-9a-f]{12})/;

/** Length of what comes before the data. @internal */
export const HEADER_LENGTH = 77;

/** Digits of the expiry. @internal */
export function expiryText(expiresAt: number): string {
  return String(expiresAt).padStart(15, '0');
}

/**
 * The entry that a stored text is; undefined for one that this package cannot have stored for that session, or whose
 * versions are past the latest that is believed.
 *
 * @internal
 */
export function parseStored(text: string, idHash: string, latest: string): SessionEntry | undefined {
  const [, version, expiryVersion, expiresAt, hash] = FORM.exec(text) ?? [];
  if (hash !== idHash || !isVersion(version) || !isVersion(expiryVersion)) return undefined;
  if (version > latest || expiryVersion > latest) return undefined;
  const data = text.length > HEADER_LENGTH ? text.slice(HEADER_LENGTH) : undefined;
  return { version, expiryVersion, expiresAt: Number(expiresAt), data };
}
