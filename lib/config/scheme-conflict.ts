import type { RedisUrl } from './parse-redis-url.js';

/**
 * What a scheme and `tls` contradict each other in, if they do.
 *
 * @param where what has the scheme, in words
 * @internal
 */
export function schemeConflict(
  scheme: RedisUrl['scheme'] | undefined,
  tls: boolean | object | undefined,
  where = 'the URL',
): string | undefined {
  if (scheme === undefined || tls === undefined) return undefined;
  if (scheme === 'rediss' && tls === false) return `contradicts the scheme rediss:// of ${where}, which means TLS`;
  if (scheme === 'redis' && tls !== false) return `asks for TLS, but ${where} begins with redis://; use rediss://`;
  return scheme === 'unix' && tls !== false ? 'asks for TLS, which a unix socket does not have' : undefined;
}
