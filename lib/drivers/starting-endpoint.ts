import type { RedisEndpoint, RedisSettings } from '../interfaces/redis-settings.interface.js';

/**
 * Where a new client leads to. Behind sentinels nowhere (RFC 2606), until it is aimed: with the address of a sentinel, a
 * stray `connect()` on it would tell that one the server's password.
 *
 * @internal
 */
export function startingEndpoint({ endpoint, sentinel }: RedisSettings): RedisEndpoint {
  return sentinel === undefined ? endpoint : { host: 'master.invalid', port: 6379 };
}
