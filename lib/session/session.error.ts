import { RedisError, isRedisError } from '../errors/redis.error.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import { hashSessionId } from './session-id.util.js';

/** Errors of the session, of its key, or of a connection that was closed on purpose: another tier would only hide them. */
const FOR_THE_CALLER: ReadonlySet<RedisErrorKind> = new Set(['wrong-type', 'serialization', 'closed']);

/** The server answers, but takes no writes. */
const WRITE_REFUSALS: ReadonlySet<RedisErrorKind> = new Set([
  'out-of-memory',
  'misconfigured',
  'read-only',
  'permission',
]);

/**
 * Whether a fallback tier should answer instead. Wider than an outage: a reply that cannot be ours may be a broken
 * connection, and the session is no worse off in another tier.
 *
 * @internal
 */
export function mayFallBack(error: unknown): error is RedisError {
  return isRedisError(error) && !FOR_THE_CALLER.has(error.redisErrorKind);
}

/** Whether the server itself said that it did not write. @internal */
export function isWriteRefusal(error: RedisError): boolean {
  return WRITE_REFUSALS.has(error.redisErrorKind);
}

/** Of one session alone: what is stored, or is to be stored, is not a session. @internal */
export function serializationError(operation: string, id: string, what: string): RedisError {
  return new RedisError({
    kind: 'serialization',
    operation,
    message: `Session #${hashSessionId(id)} ${what}`,
  });
}

/** No tier can say what became of this session. @internal */
export function unavailableError(operation: string, id: string, cause?: unknown): RedisError {
  const text = `No fallback tier can answer for session #${hashSessionId(id)}, and Redis cannot be asked`;
  return unknownError(operation, text, cause);
}

/** Redis answers and may be behind, and the tier that knows better does not answer. @internal */
export function doubtError(operation: string, id: string, cause?: unknown): RedisError {
  const text = `What Redis has of session #${hashSessionId(id)} may be old, and no tier that knows better answers`;
  return unknownError(operation, text, cause);
}

function unknownError(operation: string, text: string, cause: unknown): RedisError {
  const reason = isRedisError(cause) ? cause : undefined;
  const why = reason === undefined ? '' : ` (${reason.redisErrorKind})`;
  return new RedisError({
    kind: 'unavailable',
    operation,
    outcome: 'not-sent',
    endpoint: reason?.endpoint,
    cause: reason,
    message: `${text}${why}. It may well exist: answer 503, not a logout.`,
  });
}

/** Not every session of a user can be known. @internal */
export function unlistedError(operation: string): RedisError {
  return new RedisError({
    kind: 'unavailable',
    operation,
    outcome: 'unknown',
    message:
      `${operation}: no store that knows every session of the user answers now. What was found was seen to: `
      + 'call it again when the store is back.',
  });
}

/** A tier is open once at a time: of two at once, the end of one would be the end of the other. @internal */
export function tierInUseError(factory: string): RedisError {
  return new RedisError({
    kind: 'configuration',
    operation: factory,
    message:
      `${factory}: this tier is open already. A tier belongs to one module of one running application: make a new one for `
      + 'each, as in the factory of SessionModule.forRootAsync, or close the application that has it first.',
  });
}
