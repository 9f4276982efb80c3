import { randomBytes } from 'node:crypto';

/** Tells processes apart, whose calls a proxy between them and the server may send over one socket. */
const PROCESS_TAG = randomBytes(4).toString('base64url');

let calls = 0;

/** A text that no other call has, in this process or another: a script gives it back with its reply. @internal */
export function nextCallTag(): string {
  calls += 1;
  return `${PROCESS_TAG}.${calls.toString(36)}`;
}
