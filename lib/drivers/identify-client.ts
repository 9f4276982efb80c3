import { readProperty } from '../errors/read-property.js';
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
  // node-redis 5 does not say of a cluster whether it is ready.
  const isNodeRedis = 'isReady' in value || hasMethod(value, 'nodeClient');
  if (hasMethod(value, 'sendCommand') && 'isOpen' in value && isNodeRedis) return 'node-redis';
  return undefined;
}

/** The driver of a client, or a `RedisError` that says what is accepted. @internal */
export function assertClient(value: unknown): { client: RedisClient; driver: RedisDriverName } {
  const driver = identifyClient(value);
  if (driver === undefined || !hasMethod(value as object, 'on')) {
    throw new RedisError({
      kind: 'configuration',
      operation: 'client',
      message: 'client: expected a client of ioredis or node-redis, for one server or for a cluster',
    });
  }
  return { client: value as RedisClient, driver };
}

/** Whether a client is one of a whole cluster. @internal */
export function isClusterClient(value: object): boolean {
  return (readProperty(value, 'isCluster') === true && hasMethod(value, 'nodes')) || hasMethod(value, 'nodeClient');
}

function hasMethod(value: object, name: string): boolean {
  return name in value && typeof (value as Record<string, unknown>)[name] === 'function';
}
