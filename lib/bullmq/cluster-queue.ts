import { crossSlotError } from '../commands/by-slot.js';
import type { RedisConnection } from '../connection/redis.connection.js';
import { RedisError } from '../errors/redis.error.js';
import type { ScriptDefinition } from './bull-adapter.js';

/** Why BullMQ cannot work on this connection: of clusters it knows those of ioredis. Undefined where it can. @internal */
export function clusterRefusal(connection: RedisConnection): RedisError | undefined {
  if (!connection.isEnabled || !connection.guard.isCluster || connection.driver !== 'node-redis') return undefined;
  return new RedisError({
    kind: 'configuration',
    operation: 'queue',
    message:
      "BullMQ does not support clusters with node-redis. Install ioredis and set driver: 'ioredis' (REDIS_DRIVER), or "
      + 'give queues a connection of their own, by name, to a server that is no cluster.',
  });
}

/** What to say of a queue whose keys are spread over a cluster; undefined where they share a slot. @internal */
export function prefixError(
  operation: string,
  args: readonly unknown[],
  script: ScriptDefinition | undefined,
): RedisError | undefined {
  const keys = args.slice(0, script?.numberOfKeys ?? 0);
  const texts = keys.filter((key): key is string => typeof key === 'string' && key !== '');
  if (crossSlotError(operation, texts) === undefined) return undefined;
  return new RedisError({
    kind: 'configuration',
    operation,
    message:
      `${operation}: on a cluster the keys of a queue must share a slot. Give the queue and its workers a prefix with a `
      + "hash tag, such as prefix: '{bull}', which QueueConnection sets where you set none.",
  });
}
