import { hash } from 'node:crypto';
import { RedisError } from '../errors/redis.error.js';
import { encodeId } from '../utils/encode-id.js';
import { SESSION_LIMITS } from './session.constants.js';

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

/** Names a session in logs, errors and what is stored of it; the id itself is a credential. @internal */
export function hashSessionId(id: string): string {
  return hashEncodedId(encodeId(id));
}

/** The same of an id that is encoded already. @internal */
export function hashEncodedId(encoded: string): string {
  return hash('sha256', encoded, 'hex').slice(0, 12);
}
