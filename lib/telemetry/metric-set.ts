import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CacheMetrics } from './cache.metrics.js';
import { ConnectionMetrics } from './connection.metrics.js';
import { ContextMetrics } from './context.metrics.js';
import { FollowedNames } from './followed-names.js';
import type { EventListener, MetricGroup, TelemetryMetric } from './metric-group.js';
import { ServerMetrics } from './server.metrics.js';
import { SessionMetrics } from './session.metrics.js';
import { StateMetrics } from './state.metrics.js';
import { WatchedConnections } from './watched-connections.js';

/**
 * Every metric, once, for one place that exports them. The channels are listened to from the first who follows connections
 * to the last who leaves; an event is counted once.
 *
 * @internal
 */
export class MetricSet {
  readonly watched = new WatchedConnections();
  private readonly names = new FollowedNames();
  private readonly groups: readonly MetricGroup[] = [
    new CacheMetrics(),
    new ConnectionMetrics(),
    new ContextMetrics(),
    new SessionMetrics(),
    new StateMetrics(this.watched),
    new ServerMetrics(this.watched),
  ];
  readonly metrics: readonly TelemetryMetric[] = this.groups.flatMap(({ metrics }) => metrics);
  private readonly listeners = this.groups.flatMap(({ listeners = {} }) =>
    Object.entries(listeners).map(([channel, listener]) => {
      return [channel, (event: unknown) => this.count(event, listener)] as const;
    }),
  );

  /** Messages that no listener could read. */
  passedOver = 0;

  /** Counts for these connections from now on. @returns ends that, and says whether nobody else follows any */
  follow(connections: readonly string[]): () => boolean {
    if (this.names.isEmpty) for (const [channel, listener] of this.listeners) subscribe(channel, listener);
    const leave = this.names.follow(connections);
    for (const group of this.groups) for (const connection of connections) group.begin?.(connection);
    return () => {
      leave();
      if (this.names.isEmpty) for (const [channel, listener] of this.listeners) unsubscribe(channel, listener);
      return this.names.isEmpty;
    };
  }

  /** Anyone may publish on a channel, and Node ends the process with what a listener throws: what is no event of ours is passed over. */
  private count(event: unknown, listener: EventListener<never>): void {
    try {
      const origin = this.names.originOf((event as { readonly connection: string }).connection);
      if (origin !== undefined) listener(event as never, origin);
    } catch {
      this.passedOver += 1;
    }
  }
}
