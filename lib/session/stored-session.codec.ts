import type { SessionEntry } from './interfaces/session-entry.interface.js';

/*
 * A session in Redis is one text: `s1`, 24 characters of version, 24 of the expiry's version, 15 digits of the expiry, 12
 * of the hash of the session's id, then the data. Without data it is a tombstone. One text is read by GET, at about twice
 * the rate of a hash (HGETALL), and is smaller; the fixed width lets the scripts compare versions without parsing. The
 * hash is what tells this session's text from another's when replies are out of step.
 */
const NAME = 's1';
const FORM = /^s1[0-7][0-9a-f]{23}[0-7][0-9a-f]{23}\d{15}/;
const [EXPIRY_VERSION_AT, EXPIRY_AT, HASH_AT] = [26, 50, 65];

/** Length of what comes before the data. @internal */
export const HEADER_LENGTH = 77;

/** Digits of the expiry. @internal */
export function expiryText(expiresAt: number): string {
  return String(expiresAt).padStart(15, '0');
}

/** What comes before the data. @internal */
export function headerText({ version, expiryVersion, expiresAt }: SessionEntry, idHash: string): string {
  return NAME + version + expiryVersion + expiryText(expiresAt) + idHash;
}

/**
 * The entry that a stored text is; undefined for one that this package cannot have stored for that session, or whose
 * versions are past the latest that is believed.
 *
 * @internal
 */
export function parseStored(text: string, idHash: string, latest: string): SessionEntry | undefined {
  if (!text.startsWith(idHash, HASH_AT) || !FORM.test(text)) return undefined;
  const version = text.slice(NAME.length, EXPIRY_VERSION_AT);
  const isTouched = !text.startsWith(version, EXPIRY_VERSION_AT);
  const expiryVersion = isTouched ? apart(text.slice(EXPIRY_VERSION_AT, EXPIRY_AT)) : version;
  if (version > latest || expiryVersion > latest) return undefined;
  const data = text.length > HEADER_LENGTH ? text.slice(HEADER_LENGTH) : undefined;
  return { version, expiryVersion, expiresAt: Number(text.slice(EXPIRY_AT, HASH_AT)), data };
}

/**
 * A slice keeps the whole of its text alive: beside the data of an earlier reply, of which a copy is kept, that would be
 * the session twice. What was joined and cut anew is a slice of itself alone.
 */
function apart(slice: string): string {
  return ` ${slice}`.slice(1);
}
