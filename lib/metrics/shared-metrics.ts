import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Metric } from 'prom-client';
import { CacheMetrics } from './cache.metrics.js';
import { ConnectionMetrics } from './connection.metrics.js';
import { ContextMetrics } from './context.metrics.js';
import { FollowedNames } from './followed-names.js';
import type { EventListener, MetricGroup } from './metric-group.js';
import type { MetricsRegistry } from './metrics-options.interface.js';
import { ServerMetrics } from './server.metrics.js';
import { SessionMetrics } from './session.metrics.js';
import { StateMetrics } from './state.metrics.js';
import { metricsError } from './validate-metrics-options.js';
import { WatchedConnections } from './watched-connections.js';

/** A registry has each metric once, however many modules and applications of a process are told to use it. */
const SHARED = new WeakMap<MetricsRegistry, SharedMetrics>();

/**
 * The metrics of one registry. They are there, and the channels are listened to, from the first module that takes part to
 * the last that leaves; an event is counted once.
 *
 * @internal
 */
export class SharedMetrics {
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
  /** By the names that they were given: a registry that speaks OpenMetrics changes those of its counters. */
  private readonly metrics = new Map<string, Metric>(
    this.groups.flatMap(({ metrics }) => metrics.map((metric) => [nameOf(metric), metric])),
  );
  private readonly listeners = this.groups.flatMap(({ listeners = {} }) =>
    Object.entries(listeners).map(([channel, listener]) => {
      return [channel, (event: unknown) => this.count(event, listener)] as const;
    }),
  );

  /** Messages that no listener could read. */
  passedOver = 0;

  private constructor(private readonly registry: MetricsRegistry) {}

  static of(registry: MetricsRegistry): SharedMetrics {
    const shared = SHARED.get(registry) ?? new SharedMetrics(registry);
    SHARED.set(registry, shared);
    return shared;
  }

  /**
   * Counts for these connections from now on. @returns ends that
   *
   * @throws RedisError where the registry has another metric of one of the names
   */
  join(connections: readonly string[]): () => void {
    this.register();
    if (this.names.isEmpty) for (const [channel, listener] of this.listeners) subscribe(channel, listener);
    const leave = this.names.follow(connections);
    for (const group of this.groups) for (const connection of connections) group.begin?.(connection);
    return () => {
      leave();
      if (this.names.isEmpty) this.end();
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

  /** Also after somebody cleared the registry meanwhile. */
  private register(): void {
    const missing = [...this.metrics].filter(([name]) => this.registered(name) === undefined);
    const taken = [...this.metrics].filter(([name, metric]) => (this.registered(name) ?? metric) !== metric);
    if (taken.length > 0) {
      const names = taken.map(([name]) => name).join(', ');
      throw metricsError(
        `The registry of the Redis metrics has other metrics of these names: ${names}. Remove those, or give the module a registry of its own.`,
      );
    }
    for (const [, metric] of missing) this.registry.registerMetric(metric);
  }

  private end(): void {
    for (const [channel, listener] of this.listeners) unsubscribe(channel, listener);
    for (const [name, metric] of this.metrics) {
      if (this.registered(name) === metric) this.registry.removeSingleMetric(name);
    }
    SHARED.delete(this.registry);
  }

  private registered(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name);
  }
}

/** Each has it; the types of prom-client do not say so. */
function nameOf(metric: Metric): string {
  return (metric as unknown as { readonly name: string }).name;
}
