import { parseJson } from '../utils/json.codec.js';
import { serializationError } from './session.error.js';

/** Session to JSON text. What is not a JSON object, or is too large, is refused without showing any of it. @internal */
export function encodeSession(id: string, data: unknown, maxPayloadBytes: number): string {
  const text = stringify(id, data);
  if (typeof text !== 'string' || !text.startsWith('{')) {
    throw serializationError(
      'session.set',
      id,
      'is not a JSON object. Store an object, not an array or a plain value.',
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > maxPayloadBytes) {
    const what = `is too large: ${bytes} bytes, and maxPayloadBytes is ${maxPayloadBytes}. Keep large things elsewhere and their key in the session.`;
    throw serializationError('session.set', id, what);
  }
  return text;
}

/** JSON text to session. @internal */
export function decodeSession(id: string, text: string): object {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw serializationError(
    'session.get',
    id,
    'holds a stored value that is not a JSON object. Destroy it, or set it anew.',
  );
}

/** The reason is left out: it may quote the value. */
function stringify(id: string, data: unknown): unknown {
  try {
    return JSON.stringify(data);
  } catch (error) {
    const reason = nameOf(error);
    throw serializationError(
      'session.set',
      id,
      `cannot be serialised (${reason}): a cycle, a BigInt, or a toJSON that throws.`,
    );
  }
}

/** The name of what was thrown, which is the application's, and may throw itself when it is looked at. */
function nameOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.name === 'string') return error.name;
  } catch {
    // What it is named is not worth a second error.
  }
  return typeof error;
}
