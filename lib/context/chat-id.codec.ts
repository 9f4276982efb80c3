import { MAX_ID_LENGTH } from './context.constants.js';
import { createArgumentError } from './context.error.js';

/** What encodeURIComponent leaves as it is, though a pattern or a shell gives it a meaning. */
const LEFT_OVER = /[!~*'()]/g;

/** The id, or an error that names the argument: an id is text of 1 to 512 characters. @internal */
export function assertId(value: unknown, argument: string, operation: string): string {
  const fault = faultOfId(value, argument);
  if (fault !== undefined) throw createArgumentError(operation, fault);
  return value as string;
}

/** What is wrong with an id, if anything. @internal */
export function faultOfId(value: unknown, path: string): string | undefined {
  if (typeof value !== 'string') return `${path} must be text`;
  if (value === '') return `${path} must not be empty`;
  if (value.length > MAX_ID_LENGTH) return `${path} must not be longer than ${MAX_ID_LENGTH} characters`;
  return undefined;
}

/**
 * An id as part of a key: two ids never become the same text, and none holds `{ } : *` or anything else to which a
 * key, a hash tag or a pattern gives a meaning.
 *
 * @internal
 */
export function encodeId(id: string): string {
  return Array.from(id, encodeCharacter).join('');
}

function encodeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // Half of a pair has no UTF-8: encodeURIComponent throws, and on the wire all halves become the same character.
  if (code >= 0xd800 && code <= 0xdfff) return `%u${code.toString(16).toUpperCase()}`;
  return encodeURIComponent(character).replace(
    LEFT_OVER,
    (left) => `%${left.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
