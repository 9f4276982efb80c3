/**
 * What went wrong, as a closed union: switch on it, and the compiler tells you when a kind is missing.
 *
 * @publicApi
 */
export type RedisErrorKind = (typeof REDIS_ERROR_KINDS)[number];

/**
 * Every {@link RedisErrorKind}, for iteration (metrics labels, tests).
 *
 * @publicApi
 */
export const REDIS_ERROR_KINDS = [
  'disabled',
  'configuration',
  'driver-not-installed',
  'dns',
  'refused',
  'connect-timeout',
  'auth',
  'permission',
  'tls',
  'command-timeout',
  'connection-lost',
  'unavailable',
  'read-only',
  'loading',
  'busy',
  'out-of-memory',
  'misconfigured',
  'max-clients',
  'cluster',
  'wrong-type',
  'serialization',
  'reply',
  'closed',
] as const;

/**
 * What is known about the command's fate: `not-sent`, it never reached the socket; `rejected`, the server answered
 * with an error; `unknown`, it was written and no answer came, so it may have been executed.
 *
 * @publicApi
 */
export type RedisErrorOutcome = 'not-sent' | 'unknown' | 'rejected';
