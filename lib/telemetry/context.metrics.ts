import type { CountedContextRead } from './consumer-events.interface.js';
import { createCounter, createHistogram } from './metric-group.js';
import type { EventListener, MetricGroup } from './metric-group.js';

const MESSAGE_BUCKETS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** Reads of chats. @internal */
export class ContextMetrics implements MetricGroup {
  private readonly hits = createCounter('llm_context_cache_hit', 'Reads of a chat that Redis answered, by who did.', [
    'source',
  ]);
  private readonly misses = createCounter(
    'llm_context_cache_miss',
    'Reads of a chat that Redis did not answer. Reason cold: it does not hold the chat; redis_error: it is out; disabled: it is turned off; corrupt: nothing of the chat can be read. error_type: the kind of the error, or none.',
    ['reason', 'error_type'],
  );
  private readonly messages = createHistogram(
    'llm_context_messages',
    'Messages that a read of a chat returned, by who answered: redis, loader or none.',
    MESSAGE_BUCKETS,
    ['source'],
  );
  private readonly corrupt = createCounter(
    'llm_context_corrupt_entries_total',
    'Messages of chats in Redis that could not be read, and were passed over.',
  );

  readonly metrics = [this.hits, this.misses, this.messages, this.corrupt];

  readonly listeners = {
    'nestjs-redis-hub:context:read': ((event, { connection }) => {
      const { source, hit, reason = 'cold', errorKind = 'none' } = event;
      if (hit) this.hits.inc({ connection, source });
      else this.misses.inc({ connection, reason, error_type: errorKind });
      this.messages.observe({ connection, source }, event.messages);
      this.corrupt.inc({ connection }, event.corrupt);
    }) satisfies EventListener<CountedContextRead>,
  };

  begin(connection: string): void {
    this.hits.inc({ connection, source: 'redis' }, 0);
    for (const reason of ['cold', 'corrupt']) this.misses.inc({ connection, reason, error_type: 'none' }, 0);
    for (const kind of ['unavailable', 'command-timeout', 'connection-lost']) {
      this.misses.inc({ connection, reason: 'redis_error', error_type: kind }, 0);
    }
    this.corrupt.inc({ connection }, 0);
  }
}
