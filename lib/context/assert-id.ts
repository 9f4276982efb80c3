import { MAX_ID_LENGTH } from './context.constants.js';
import { createArgumentError } from './context.error.js';

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
