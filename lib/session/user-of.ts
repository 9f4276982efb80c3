import { RedisError } from '../errors/redis.error.js';
import type { SessionSettings } from './interfaces/session-options.interface.js';
import type { SessionData } from './interfaces/session.interface.js';

/** The longest name of a user: it becomes part of a key. */
const MOST = 1_024;

/**
 * Whose session it is, by the application's word.
 *
 * @throws RedisError of kind `serialization` where that throws, or is no such text
 * @internal
 */
export function userOfData(data: object, { userOf }: SessionSettings): string | undefined {
  const user: unknown = ask(data as SessionData, userOf);
  if (user === undefined || user === null) return undefined;
  if (typeof user === 'string' && user.length > 0 && user.length <= MOST) return user;
  throw refusal(`must give a text of 1 to ${MOST} characters, or undefined`);
}

/** As {@link userOfData}, of what is stored; undefined where that cannot be told. @internal */
export function userOfText(text: string | undefined, settings: SessionSettings): string | undefined {
  if (text === undefined || settings.userOf === undefined) return undefined;
  try {
    const data = settings.serializer.parse(text);
    return typeof data === 'object' && data !== null ? userOfData(data, settings) : undefined;
  } catch {
    return undefined;
  }
}

function ask(data: SessionData, userOf: SessionSettings['userOf']): string | undefined {
  try {
    return userOf?.(data);
  } catch {
    throw refusal('threw');
  }
}

function refusal(what: string): RedisError {
  return new RedisError({
    kind: 'serialization',
    operation: 'session.set',
    message: `session.set: userOf of SessionModule ${what}.`,
  });
}
