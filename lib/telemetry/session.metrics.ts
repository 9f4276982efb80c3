import { BoundedLabel } from './bounded-label.js';
import type { CountedSessionFallback, CountedSessionReplay } from './consumer-events.interface.js';
import { createCounter } from './metric-group.js';
import type { EventListener, MetricGroup } from './metric-group.js';

/** What sessions do when Redis does not serve them. @internal */
export class SessionMetrics implements MetricGroup {
  private readonly tiers = new BoundedLabel(16);
  private readonly fallbacks = createCounter(
    'redis_session_fallback_total',
    'Calls that other tiers served instead of Redis. Action: read, write or touch. Reason outage: Redis is out; doubt: it may be behind; disabled: it is turned off.',
    ['action', 'tier', 'reason'],
  );
  private readonly replays = createCounter(
    'redis_session_replays_total',
    'Sessions that were brought to a tier that lacked them: to redis, or to a tier that nodes share. Outcome: ok, or error, after which it is tried again.',
    ['to', 'outcome'],
  );

  readonly metrics = [this.fallbacks, this.replays];

  readonly listeners = {
    'nestjs-redis-hub:session:fallback': ((event, { connection }) => {
      this.fallbacks.inc({ connection, action: event.action, tier: this.tiers.of(event.tier), reason: event.reason });
    }) satisfies EventListener<CountedSessionFallback>,

    'nestjs-redis-hub:session:replay': (({ to, outcome }, { connection }) => {
      this.replays.inc({ connection, to, outcome: outcome === 'ok' ? 'ok' : 'error' });
    }) satisfies EventListener<CountedSessionReplay>,
  };

  begin(connection: string): void {
    for (const outcome of ['ok', 'error']) this.replays.inc({ connection, to: 'redis', outcome }, 0);
  }
}
