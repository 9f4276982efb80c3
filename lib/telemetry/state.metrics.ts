import type { RedisConnectionHandle, RedisConsumer } from '../interfaces/redis-connection.interface.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';
import { BoundedLabel } from './bounded-label.js';
import { createScrapedGauge } from './metric-group.js';
import type { MetricGroup } from './metric-group.js';
import type { SetGauge } from './read-metric.js';
import type { WatchedConnections } from './watched-connections.js';

/** Of each state one series, so that a state that was left is 0 and not the last that was seen. */
const STATES = Object.keys({
  disabled: true,
  uninitialized: true,
  connecting: true,
  connected: true,
  reconnecting: true,
  failed: true,
  closed: true,
} satisfies Record<RedisState, true>);

/** What this process knows of its connections and of what lives on them; nobody is asked for it. @internal */
export class StateMetrics implements MetricGroup {
  private readonly purposes = new BoundedLabel();
  private readonly consumers = new BoundedLabel(16);
  private readonly tiers = new BoundedLabel(16);

  constructor(private readonly watched: WatchedConnections) {}

  readonly metrics = [
    createScrapedGauge(
      'redis_connection_state',
      'The state of the connection: 1 for the one that it is in, 0 for the others.',
      ['state'],
      this.ofEach((set, { name: connection, state: present }) => {
        for (const state of STATES) set({ connection, state }, state === present ? 1 : 0);
      }),
    ),
    createScrapedGauge(
      'redis_connection_pool_size',
      'Open sockets by purpose: client, the one that all share; sentinel; and what a duplicate was opened for.',
      ['purpose'],
      this.ofEach((set, { name: connection, sockets }) => {
        for (const [purpose, count] of Object.entries(sockets)) {
          set({ connection, purpose: this.purposes.of(purpose) }, count);
        }
      }),
    ),
    createScrapedGauge(
      'redis_consumer_tier',
      'The tier that answers now for a feature on this connection, such as redis, postgres, memory or none: always 1.',
      ['consumer', 'tier'],
      this.ofEachConsumer((set, connection, consumer) => {
        set({ connection, consumer: this.consumers.of(consumer.name), tier: this.tiers.of(consumer.tier()) }, 1);
      }),
    ),
    createScrapedGauge(
      'redis_session_dirty',
      'Session changes that wait to be brought to Redis.',
      [],
      this.ofEachConsumer((set, connection, consumer) => {
        const dirty = consumer.dirty?.();
        if (dirty !== undefined) set({ connection }, dirty);
      }),
    ),
    createScrapedGauge(
      'redis_session_trusted',
      '1 while Redis may say that there is no such session, 0 while it may have lost some.',
      [],
      this.ofEachConsumer((set, connection, consumer) => {
        const trusted = consumer.trusted?.();
        if (trusted !== undefined) set({ connection }, trusted ? 1 : 0);
      }),
    ),
  ];

  private ofEach<Label extends string>(
    fill: (set: SetGauge<Label>, handle: RedisConnectionHandle) => void,
  ): (set: SetGauge<Label>) => Promise<void> {
    return (set) => {
      for (const handle of this.watched.handles) fill(set, handle);
      return Promise.resolve();
    };
  }

  private ofEachConsumer<Label extends string>(
    fill: (set: SetGauge<Label>, connection: string, consumer: RedisConsumer) => void,
  ): (set: SetGauge<Label>) => Promise<void> {
    return this.ofEach((set, { name, consumers }) => {
      for (const consumer of consumers) fill(set, name, consumer);
    });
  }
}
