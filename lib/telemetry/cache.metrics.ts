import type { RedisCacheEvent, RedisOperationEvent } from '../utils/redis-events.js';
import { BoundedLabel } from './bounded-label.js';
import { COMMAND_BUCKETS, createCounter, createHistogram } from './metric-group.js';
import type { EventListener, MetricGroup } from './metric-group.js';

/** What is usually met, exported with 0 before it is: that a count began is seen from its first step on. */
const USUAL_MISSES: readonly Required<Pick<RedisCacheEvent, 'reason' | 'errorKind'>>[] = [
  { reason: 'redis_error', errorKind: 'unavailable' },
  { reason: 'redis_error', errorKind: 'command-timeout' },
  { reason: 'redis_error', errorKind: 'connection-lost' },
];

/** `cacheGet`, and every command of the port. @internal */
export class CacheMetrics implements MetricGroup {
  private readonly operations = new BoundedLabel();
  private readonly hits = createCounter('redis_cache_hit_total', 'Reads by cacheGet that found a value.');
  private readonly misses = createCounter(
    'redis_cache_miss_total',
    'Reads by cacheGet that gave no value. Reason absent: the server has none; redis_error: it could not be asked; disabled: Redis is turned off; corrupt: what is stored is not JSON. error_type: the kind of the error, or none.',
    ['reason', 'error_type'],
  );
  private readonly durations = createHistogram(
    'redis_operation_duration_ms',
    'Milliseconds that commands and scripts took, from the call to the answer. Outcome: ok or error.',
    COMMAND_BUCKETS,
    ['operation', 'outcome'],
  );
  private readonly failures = createCounter(
    'redis_operation_errors_total',
    'Commands and scripts that failed, by the kind of the error.',
    ['operation', 'error_type'],
  );

  readonly metrics = [this.hits, this.misses, this.durations, this.failures];

  readonly listeners = {
    'nestjs-redis-hub:cache': ((event, { connection }) => {
      if (event.hit) this.hits.inc({ connection });
      else this.misses.inc({ connection, reason: event.reason ?? 'absent', error_type: event.errorKind ?? 'none' });
    }) satisfies EventListener<RedisCacheEvent>,

    'nestjs-redis-hub:operation': ((event, { connection }) => {
      const operation = this.operations.of(event.operation);
      const outcome = event.outcome === 'ok' ? 'ok' : 'error';
      this.durations.observe({ connection, operation, outcome }, event.durationMs);
      if (event.outcome !== 'ok') this.failures.inc({ connection, operation, error_type: event.outcome });
    }) satisfies EventListener<RedisOperationEvent>,
  };

  begin(connection: string): void {
    this.hits.inc({ connection }, 0);
    this.misses.inc({ connection, reason: 'absent', error_type: 'none' }, 0);
    for (const { reason, errorKind } of USUAL_MISSES) this.misses.inc({ connection, reason, error_type: errorKind }, 0);
  }
}
