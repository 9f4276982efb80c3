import type { RedisErrorKind } from './redis-error-kind.js';

/** From what most likely has to be mended to what is most likely somebody's absence. */
const BY_RANK: readonly RedisErrorKind[] = [
  'configuration',
  'auth',
  'permission',
  'tls',
  'max-clients',
  'loading',
  'cluster',
  'dns',
  'refused',
  'connect-timeout',
  'connection-lost',
];

/**
 * Of what several servers met, the lowest tells most: one that is down must not hide that the password is wrong.
 *
 * @internal
 */
export function tellingRank(kind: RedisErrorKind | undefined): number {
  const rank = kind === undefined ? -1 : BY_RANK.indexOf(kind);
  return rank < 0 ? BY_RANK.length : rank;
}
