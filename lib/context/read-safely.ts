import { isRedisError } from '../errors/redis.error.js';
import { createArgumentError, createMessageError } from './context.error.js';

/**
 * What a message gives when it is looked at. A getter or a proxy may throw anything then, the content too: the error
 * names the path, and has no cause.
 *
 * @internal
 */
export function readMessage<T>(operation: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isRedisError(error)) throw error;
    throw createMessageError(operation, `${path} cannot be read`);
  }
}

/** As {@link readMessage}, for a field of a call's options, which are a record or not there at all. @internal */
export function readOption<O extends object, F extends keyof O>(
  operation: string,
  argument: 'options' | 'limit',
  options: O | undefined,
  field: F,
): O[F] | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== 'object' || options === null) {
    const wanted = argument === 'limit' ? 'a number or options' : 'options';
    throw createArgumentError(
      operation,
      `${argument} must be ${wanted}, got ${options === null ? 'null' : typeof options}`,
    );
  }
  try {
    return options[field];
  } catch {
    throw createArgumentError(operation, `${argument}.${String(field)} cannot be read`);
  }
}
