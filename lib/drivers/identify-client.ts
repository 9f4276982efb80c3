import { RedisError } from '../errors/redis.error.js';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';

/**
 * Which driver made a client, by what it can do: constructor names lie under bundlers and with two installed copies.
 * Undefined for anything else.
 *
 * @internal
 */
export function identifyClient(value: unknown): RedisDriverName | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (hasMethod(value, 'defineCommand') && 'status' in value) return 'ioredis';
  if (hasMethod(value, 'sendCommand') && 'isOpen' in value && 'isReady' in value) return 'node-redis';
  return undefined;
}

/** The driver of a client, or a `RedisError` that says what is accepted. @internal */
export function assertClient(value: unknown): { client: RedisClient; driver: RedisDriverName } {
  const driver = identifyClient(value);
  if (driver === undefined || isCluster(value as object)) {
    throw new RedisError({
      kind: 'configuration',
      operation: 'client',
      message: `client: expected a standalone client of ioredis or node-redis${driver === undefined ? '' : ', got a cluster client'}`,
    });
  }
  return { client: value as RedisClient, driver };
}

function isCluster(value: object): boolean {
  return ('isCluster' in value && value.isCluster === true) || 'slots' in value;
}

function hasMethod(value: object, name: string): boolean {
  return name in value && typeof (value as Record<string, unknown>)[name] === 'function';
}
