import { randomBytes } from 'node:crypto';

/** How long the old id of a rotated session leads to the new one, for requests that were under way. @internal */
export const FORWARD_MS = 30_000;

/** What no id of an application begins with in earnest. */
const MARK = '\0forward\0';

/** Under which the new id is kept, beside the tombstone that the old one has from then on. @internal */
export function forwardIdOf(id: string): string {
  return MARK + id;
}

/** @internal */
export function isForwardId(id: string): boolean {
  return id.startsWith(MARK);
}

/** 192 bits of chance. @internal */
export function newSessionId(): string {
  return randomBytes(24).toString('base64url');
}
