import type { Metric } from 'prom-client';
import { MetricSet } from '../telemetry/metric-set.js';
import type { MetricsRegistry } from './metrics-options.interface.js';
import { prometheusMetric } from './prometheus-metric.js';
import { metricsError } from './validate-metrics-options.js';

/** A registry has each metric once, however many modules and applications of a process are told to use it. */
const SHARED = new WeakMap<MetricsRegistry, SharedMetrics>();

/** The metrics of one registry: there from the first module that takes part to the last that leaves. @internal */
export class SharedMetrics {
  readonly set = new MetricSet();
  /** By the names that they were given: a registry that speaks OpenMetrics changes those of its counters. */
  private readonly metrics = new Map<string, Metric>(
    this.set.metrics.map((metric) => [metric.name, prometheusMetric(metric)]),
  );

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
    const leave = this.set.follow(connections);
    return () => {
      if (leave()) this.end();
    };
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
    for (const [name, metric] of this.metrics) {
      if (this.registered(name) === metric) this.registry.removeSingleMetric(name);
    }
    SHARED.delete(this.registry);
  }

  private registered(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name);
  }
}
