import { RedisError } from '../errors/redis.error.js';

/**
 * JSON text of a value.
 *
 * @throws RedisError of kind `serialization`, naming the key and never the value
 * @internal
 */
export function encodeJson(value: unknown, key: string, operation: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw unserializable(
      key,
      operation,
      error instanceof TypeError ? 'it has a cycle or a BigInt' : 'its toJSON threw',
    );
  }
  if (text === undefined) throw unserializable(key, operation, `JSON has no ${typeof value}`);
  return text;
}

/**
 * The value of JSON text.
 *
 * @throws RedisError of kind `serialization`, naming the key and never the text
 * @internal
 */
export function decodeJson(text: string, key: string, operation: string): unknown {
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw new RedisError({
    kind: 'serialization',
    operation,
    outcome: 'rejected',
    message: `${operation}: what is stored under "${key}" is not JSON. Delete the key, or read it with commands.get.`,
  });
}

/** The value of JSON text, or undefined where it is none. The parser's error is left out: it quotes the text. @internal */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unserializable(key: string, operation: string, why: string): RedisError {
  const message = `${operation}: the value for "${key}" cannot be written as JSON: ${why}.`;
  return new RedisError({ kind: 'serialization', operation, message });
}
