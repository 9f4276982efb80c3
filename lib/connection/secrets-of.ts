import type { RedisSettings } from '../interfaces/redis-settings.interface.js';

/** What must not be shown in any error of a connection. @internal */
export function secretsOf({ password, sentinel }: Pick<RedisSettings, 'password' | 'sentinel'>): string[] {
  return [password, sentinel?.password].filter((secret) => secret !== undefined);
}
