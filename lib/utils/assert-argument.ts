import { RedisError } from '../errors/redis.error.js';

/**
 * Refuses anything but an integer of at least `least`.
 *
 * @throws RedisError of kind `configuration`, naming the option
 * @internal
 */
export function assertInteger(value: unknown, name: string, operation: string, least = 1): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const got = typeof value === 'number' ? String(value) : typeof value;
  const message = `${operation}: ${name} must be an integer of at least ${least}, got ${got}.`;
  throw new RedisError({ kind: 'configuration', operation, message });
}

/**
 * Refuses anything but a text that is not empty, such as a key or a tenant's id.
 *
 * @throws RedisError of kind `configuration`, naming the option
 * @internal
 */
export function assertText(value: unknown, name: string, operation: string): asserts value is string {
  if (typeof value === 'string' && value.length > 0) return;
  const got = typeof value === 'string' ? 'an empty one' : typeof value;
  throw new RedisError({
    kind: 'configuration',
    operation,
    message: `${operation}: ${name} must be a text that is not empty, got ${got}.`,
  });
}

/** `client` is what the shared one is counted under. @internal */
export function assertPurpose(purpose: string): void {
  if (purpose !== 'client') return;
  const message = "duplicate: purpose must not be 'client', under which the shared client is counted.";
  throw new RedisError({ kind: 'configuration', operation: 'duplicate', message });
}
