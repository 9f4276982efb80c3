import { RedisError } from '../errors/redis.error.js';
import { SESSION_LIMITS } from './session.constants.js';

/** What a time to live has to be, in words for an error. @internal */
export const TTL_RANGE = `an integer of milliseconds from 1 to ${SESSION_LIMITS.ttlMs} (100 years)`;

/** @internal */
export function isTtlMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= SESSION_LIMITS.ttlMs;
}

/** @internal */
export function assertTtlMs(value: unknown, operation: string): asserts value is number {
  if (isTtlMs(value)) return;
  throw new RedisError({ kind: 'configuration', operation, message: `${operation}: ttlMs must be ${TTL_RANGE}.` });
}
