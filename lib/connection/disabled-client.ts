import { RedisError } from '../errors/redis.error.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';

/** What Nest asks any provider for; a stand-in that threw here could not be carried. */
const CARRIED = new Set<PropertyKey>([
  'then',
  'constructor',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
]);

/** Stands for the client while Redis is off: any use throws a `RedisError` of kind `disabled` naming the flag. @internal */
export function createDisabledClient(disabledBy: string | undefined): RedisClient {
  const refuse = (use: PropertyKey): never => {
    throw new RedisError({
      kind: 'disabled',
      operation: String(use),
      message: `Redis is off (${disabledBy ?? 'no address is configured'}), so its client cannot be used (${String(use)}). Check isEnabled first.`,
    });
  };
  return new Proxy({} as RedisClient, {
    get: (_target, property) => (typeof property === 'symbol' || CARRIED.has(property) ? undefined : refuse(property)),
    set: (_target, property) => refuse(property),
  });
}
