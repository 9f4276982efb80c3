import { RedisError } from '../errors/redis.error.js';
import { SESSION_LIMITS } from './session.constants.js';

/** What a time to live has to be, in words for an error. @internal */
export const TTL_RANGE = `an integer of milliseconds from 1 to ${SESSION_LIMITS.ttlMs} (100 years)`;

/** @internal */
export function isTtlMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= SESSION_LIMITS.ttlMs;
}

/** What the options of a call name; undefined where they name none. They come from outside, and may be anything. @internal */
export function ttlOfOptions(options: unknown, operation: string): number | undefined {
  const value = read(options, 'ttlMs', operation);
  if (value === undefined || isTtlMs(value)) return value;
  throw refusal(operation, `ttlMs must be ${TTL_RANGE}`);
}

/** As {@link ttlOfOptions}; none at all may be meant too. @internal */
export function forwardMsOfOptions(options: unknown, operation: string): number | undefined {
  const value = read(options, 'forwardMs', operation);
  if (value === undefined || value === 0 || isTtlMs(value)) return value;
  throw refusal(operation, `forwardMs must be 0, or ${TTL_RANGE}`);
}

function read(options: unknown, name: string, operation: string): unknown {
  if (typeof options !== 'object' || options === null) throw refusal(operation, 'the options must be an object');
  try {
    return name in options ? (options as Readonly<Record<string, unknown>>)[name] : undefined;
  } catch {
    throw refusal(operation, 'the options cannot be read');
  }
}

function refusal(operation: string, what: string): RedisError {
  return new RedisError({ kind: 'configuration', operation, message: `${operation}: ${what}.` });
}
