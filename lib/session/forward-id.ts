import { randomBytes } from 'node:crypto';
import { parseJson } from '../utils/json.codec.js';
import { isVersion } from './hybrid-clock.js';

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

/** What the old id of a rotated session leads to. @internal */
export interface Pointer {
  readonly nextId: string;
  /** Of the tombstone that the rotation leaves: with another one in its place the session was destroyed. */
  readonly endVersion: string;
  /** Whether requests may follow it; otherwise only the end of the session does. */
  readonly leads: boolean;
}

/** @internal */
export function pointerText(pointer: Pointer): string {
  return JSON.stringify(pointer);
}

/** Undefined for a text that is none. @internal */
export function parsePointer(text: string | undefined): Pointer | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  if (typeof value !== 'object' || value === null || !('nextId' in value) || !('endVersion' in value)) return undefined;
  const { nextId, endVersion } = value;
  if (typeof nextId !== 'string' || !isVersion(endVersion)) return undefined;
  return { nextId, endVersion, leads: 'leads' in value && value.leads === true };
}
