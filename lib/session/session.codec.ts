import { parseJson } from '../utils/json.codec.js';
import type { SessionSerializer } from './interfaces/session-options.interface.js';
import { serializationError } from './session.error.js';

/** JSON; another serializer is the application's. @internal */
export const JSON_SERIALIZER: SessionSerializer = {
  stringify: (data) => JSON.stringify(data),
  parse: (text) => parseJson(text),
};

/** Session to text. What is not an object, or is too large, is refused without showing any of it. @internal */
export function encodeSession(
  id: string,
  data: unknown,
  maxPayloadBytes: number,
  serializer: SessionSerializer = JSON_SERIALIZER,
): string {
  const text = stringify(id, data, serializer);
  if (!isSessionText(text, data, serializer)) {
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

/** Text to session. @internal */
export function decodeSession(id: string, text: string, serializer: SessionSerializer = JSON_SERIALIZER): object {
  const value = parse(text, serializer);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw serializationError(
    'session.get',
    id,
    'holds a stored value that is not a JSON object. Destroy it, or set it anew.',
  );
}

/** A character 0 is none that every tier can store, and no text at all is a tombstone. */
function isSessionText(text: unknown, data: unknown, serializer: SessionSerializer): text is string {
  if (typeof text !== 'string' || text.length === 0 || text.includes('\0')) return false;
  if (serializer === JSON_SERIALIZER) return text.startsWith('{');
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** The reason is left out: it may quote the value. */
function stringify(id: string, data: unknown, serializer: SessionSerializer): unknown {
  try {
    return serializer.stringify(data as object);
  } catch (error) {
    const reason = nameOf(error);
    throw serializationError(
      'session.set',
      id,
      `cannot be serialised (${reason}): a cycle, a BigInt, or a toJSON that throws.`,
    );
  }
}

function parse(text: string, serializer: SessionSerializer): unknown {
  try {
    return serializer.parse(text);
  } catch {
    return undefined;
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
