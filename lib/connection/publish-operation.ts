import { REDIS_CHANNELS, type RedisOperationEvent } from '../utils/redis-events.js';

/** Tells those who listen. Ask `hasSubscribers` before measuring. @internal */
export function publishOperation(
  connection: string,
  operation: string,
  durationMs: number,
  outcome: RedisOperationEvent['outcome'],
): void {
  REDIS_CHANNELS.operation.publish({ connection, operation, durationMs, outcome });
}
