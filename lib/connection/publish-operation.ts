import { REDIS_CHANNELS, type RedisOperationEvent } from '../utils/redis-events.js';

/** Tells those who listen, if anyone does; nothing is measured for nobody. @internal */
export function publishOperation(
  connection: string,
  operation: string,
  startedAt: number | undefined,
  outcome: RedisOperationEvent['outcome'],
): void {
  if (!REDIS_CHANNELS.operation.hasSubscribers) return;
  const durationMs = startedAt === undefined ? 0 : performance.now() - startedAt;
  REDIS_CHANNELS.operation.publish({ connection, operation, durationMs, outcome });
}
