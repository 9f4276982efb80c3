import { createHash } from 'node:crypto';
import { RedisError } from '../errors/redis.error.js';
import { SESSION_LIMITS } from './session.constants.js';

const ENCODED = /[^A-Za-z0-9\-_.~]/gu;

/** The id, or an error that shows nothing of it. @internal */
export function assertSessionId(id: unknown, operation: string): asserts id is string {
  if (typeof id === 'string' && id.length > 0 && id.length <= SESSION_LIMITS.idLength) return;
  const got = typeof id === 'string' ? `one of ${id.length}` : `a value of type ${typeof id}`;
  throw new RedisError({
    kind: 'serialization',
    operation,
    message: `A session id must be a string of 1 to ${SESSION_LIMITS.idLength} characters; this is ${got}. Check what makes the ids.`,
  });
}

/**
 * Percent-encodes an id: glob characters, braces (Cluster hash tags), NUL, emoji and lone surrogates are data. Different
 * ids give different texts.
 *
 * @internal
 */
export function encodeSessionId(id: string): string {
  return id.replace(ENCODED, percentEncode);
}

/** Names a session in logs and errors; the id itself is a credential. @internal */
export function hashSessionId(id: string): string {
  return createHash('sha256').update(encodeSessionId(id)).digest('hex').slice(0, 12);
}

function percentEncode(character: string): string {
  return [...utf8(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** UTF-8, also for a lone surrogate, which Buffer would replace by U+FFFD and so make different ids the same. */
function utf8(character: string): Iterable<number> {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0xd800 || code > 0xdfff) return Buffer.from(character, 'utf8');
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
