import { oneLine, scrubText } from '../errors/scrub-text.js';

const MAX_SHOWN = 40;

/** What was given instead of a good value, for options that hold no secret. @internal */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(oneLine(scrubText(value), MAX_SHOWN));
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return describeType(value);
}

/** The type of a value in words, and nothing of its content: for options that may hold a secret. @internal */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

// Asking a revoked proxy throws.
function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether a value is an object written as a literal, or as good as one. @internal */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    // The literal of another realm (Jest's, a vm's) has another Object.prototype; it too has none above it.
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}
