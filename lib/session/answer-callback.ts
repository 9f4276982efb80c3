import { readProperty } from '../errors/read-property.js';
import { RedisError, isRedisError } from '../errors/redis.error.js';
import { scrubError } from '../errors/scrub-error.js';

/** How a middleware is answered. @internal */
export type SessionCallback<T = void> = (error: unknown, result?: T) => void;

/** What a session middleware takes for "no such session", and begins a new one, which logs the visitor out. */
const NOT_FOUND = 'ENOENT';

/** Errors that one error leads to: more is no chain of ours. */
const MOST_CAUSES = 20;

/**
 * Gives a result to a callback, which may be left out. Outside the promise: an exception of the callback is an uncaught
 * one, as from any callback, and not a second call.
 *
 * @internal
 */
export function answer<T>(result: Promise<T>, callback: SessionCallback<T> | undefined): void {
  const reply = typeof callback === 'function' ? callback : () => undefined;
  result.then(
    (value) => process.nextTick(reply, null, value),
    (error: unknown) => process.nextTick(reply, toOutage(error)),
  );
}

/** The error, or one like it that no middleware takes for "no such session": a unix socket that is gone has that code. */
function toOutage(error: unknown): unknown {
  if (!chainOf(error).some(saysNotFound)) return error;
  const cause = scrubError(isRedisError(error) ? error.cause : error);
  for (const link of chainOf(cause).filter(saysNotFound)) Reflect.deleteProperty(link, 'code');
  if (!isRedisError(error)) {
    const message = 'The session store failed: see the cause. The session may well exist: answer 503, not a logout.';
    return new RedisError({ kind: 'unavailable', operation: 'session', outcome: 'unknown', message, cause });
  }
  const { redisErrorKind: kind, message, outcome, operation, endpoint, elapsedMs } = error;
  return new RedisError({ kind, message, outcome, operation, endpoint, elapsedMs, cause });
}

function chainOf(error: unknown): object[] {
  const chain = new Set<object>();
  const waiting = [error];
  while (waiting.length > 0 && chain.size < MOST_CAUSES) {
    const link = waiting.shift();
    if (typeof link !== 'object' || link === null || chain.has(link)) continue;
    chain.add(link);
    waiting.push(readProperty(link, 'cause'), ...readSiblings(link));
  }
  return [...chain];
}

function readSiblings(link: object): unknown[] {
  const errors = readProperty(link, 'errors');
  return Array.isArray(errors) ? errors : [];
}

function saysNotFound(link: object): boolean {
  return readProperty(link, 'code') === NOT_FOUND;
}
