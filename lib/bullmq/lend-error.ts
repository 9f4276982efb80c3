import { isOutage } from '../errors/is-outage.js';
import { RedisError, type RedisErrorInit } from '../errors/redis.error.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';

/** The code by which BullMQ knows a lost connection; it does not know node-redis' messages. */
const CONNECTION_CODE = 'ECONNREFUSED';

/** Kinds of which waiting does not mend anything: they go to the worker's `error` event. */
const NOT_PASSING: ReadonlySet<RedisErrorKind> = new Set(['permission', 'configuration', 'disabled', 'closed']);

/** What a cluster says until a fail-over or a move of slots is done. */
const PASSING_OF_CLUSTER = /CLUSTERDOWN|TRYAGAIN/;

/** An outage as a connection error in BullMQ's eyes: a copy, for others may hold the same error. @internal */
export function lendError(error: unknown): unknown {
  if (!isOutage(error)) return error;
  const { redisErrorKind: kind, message, outcome, operation, endpoint, elapsedMs, cause } = error;
  const given = { operation, endpoint, elapsedMs, cause } as Partial<RedisErrorInit>;
  return Object.assign(new RedisError({ ...given, kind, message, outcome }), { code: CONNECTION_CODE });
}

/** Whether the server keeps its user from this: only an administrator can mend it. @internal */
export function isForbidden(error: RedisError): boolean {
  return error.redisErrorKind === 'permission';
}

/** Whether a worker's command is worth repeating. @internal */
export function isPassing(error: unknown): boolean {
  if (!isOutage(error)) return false;
  if (error.redisErrorKind === 'cluster') return PASSING_OF_CLUSTER.test(error.message);
  return !NOT_PASSING.has(error.redisErrorKind);
}

/** Not a connection error in BullMQ's eyes, in code or text: at the end of shutdown it must not try again (5 would for ever). @internal */
export function closedError(operation: string): RedisError {
  const message = `${operation}: the time for shutdown is over.`;
  return new RedisError({ kind: 'closed', operation, message });
}
