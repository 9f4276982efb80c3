import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type {
  RedisBreakerEvent,
  RedisConnectionErrorEvent,
  RedisInitializationEvent,
  RedisReconnectAttemptEvent,
} from '../utils/redis-events.js';
import { CONNECT_BUCKETS, createCounter, createHistogram, ValueGauge } from './metric-group.js';
import type { EventListener, MetricGroup } from './metric-group.js';

/** Why a connection is lost or not made, mostly; exported with 0 before it is met. */
const USUAL_KINDS: readonly RedisErrorKind[] = [
  'dns',
  'refused',
  'connect-timeout',
  'auth',
  'permission',
  'tls',
  'command-timeout',
  'connection-lost',
  'unavailable',
  'read-only',
  'loading',
  'max-clients',
  'cluster',
];

/** How connections are made, lost and made again. @internal */
export class ConnectionMetrics implements MetricGroup {
  private readonly errors = createCounter(
    'redis_connection_errors_total',
    'Connections that were lost and attempts to connect that failed, by the kind of the error.',
    ['kind'],
  );
  private readonly reconnects = createCounter(
    'redis_reconnection_attempts_total',
    'Attempts to connect that followed a loss or a failed attempt.',
  );
  private readonly initializations = createHistogram(
    'redis_initialization_duration_ms',
    'Milliseconds until a first connection was made or given up, boot included. Outcome: ok or error.',
    CONNECT_BUCKETS,
    ['outcome'],
  );
  private readonly callers = new ValueGauge(
    'redis_concurrent_initialization_attempts',
    'Callers that shared the latest first connection, boot included; they make one attempt together.',
  );
  private readonly breakerOpen = new ValueGauge(
    'redis_breaker_open',
    '1 while the breaker refuses every command, else 0.',
  );
  private readonly breakerOpened = createCounter('redis_breaker_opened_total', 'How often the breaker opened.');

  readonly metrics = [
    this.errors,
    this.reconnects,
    this.initializations,
    this.callers.metric,
    this.breakerOpen.metric,
    this.breakerOpened,
  ];

  readonly listeners = {
    'nestjs-redis-hub:connection-error': (({ kind, attempt }, { connection, isDuplicate }) => {
      // A server that goes takes every socket along: that is one loss.
      if (!isDuplicate || attempt > 0) this.errors.inc({ connection, kind });
    }) satisfies EventListener<RedisConnectionErrorEvent>,

    'nestjs-redis-hub:reconnect-attempt': ((_event, { connection }) => {
      this.reconnects.inc({ connection });
    }) satisfies EventListener<RedisReconnectAttemptEvent>,

    'nestjs-redis-hub:initialization': (({ durationMs, callers, outcome }, { connection, isDuplicate }) => {
      if (isDuplicate) return;
      this.initializations.observe({ connection, outcome: outcome === 'ok' ? 'ok' : 'error' }, durationMs);
      this.callers.set({ connection }, callers);
    }) satisfies EventListener<RedisInitializationEvent>,

    'nestjs-redis-hub:breaker': (({ open }, { connection, isDuplicate }) => {
      if (isDuplicate) return;
      this.breakerOpen.set({ connection }, open ? 1 : 0);
      if (open) this.breakerOpened.inc({ connection });
    }) satisfies EventListener<RedisBreakerEvent>,
  };

  begin(connection: string): void {
    for (const kind of USUAL_KINDS) this.errors.inc({ connection, kind }, 0);
    this.reconnects.inc({ connection }, 0);
    this.callers.begin(connection);
    this.breakerOpen.begin(connection);
    this.breakerOpened.inc({ connection }, 0);
  }
}
