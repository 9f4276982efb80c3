import type { RedisConnection } from '../connection/redis.connection.js';
import { RedisError } from '../errors/redis.error.js';

/**
 * A client that was handed in with a key prefix of its own would put half of a queue's keys elsewhere.
 *
 * @throws RedisError of kind `configuration`
 * @internal
 */
export function assertShareable(connection: RedisConnection): void {
  if (!connection.isEnabled) return;
  const { options } = connection.native as { options?: { keyPrefix?: unknown } };
  if (options?.keyPrefix === undefined || options.keyPrefix === '') return;
  throw new RedisError({
    kind: 'configuration',
    operation: 'queue',
    message:
      "The client has a keyPrefix of the driver's, which BullMQ refuses. Use RedisModule's keyPrefix and BullMQ's prefix.",
  });
}
