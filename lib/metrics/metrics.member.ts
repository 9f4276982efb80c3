import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { WatchedConnection } from '../telemetry/watched-connections.js';
import type { MetricsSettings } from './metrics-options.interface.js';
import { SharedMetrics } from './shared-metrics.js';

/**
 * A module among those that share a registry. It counts from its making on, so that the first connection, which is made
 * while the application boots, counts too.
 *
 * @internal
 */
export class MetricsMember {
  private readonly shared: SharedMetrics;
  private readonly leave: () => void;
  private watched: readonly WatchedConnection[] = [];

  constructor(
    readonly connections: readonly string[],
    private readonly settings: MetricsSettings,
  ) {
    this.shared = SharedMetrics.of(settings.registry);
    this.leave = this.shared.join(connections);
  }

  /** From here on scrapes tell of these connections. */
  watch(handles: readonly RedisConnectionHandle[]): void {
    const { timeoutMs } = this.settings;
    this.watched = handles.map((handle) => ({ handle, timeoutMs }));
    for (const one of this.watched) this.shared.set.watched.add(one);
  }

  end(): void {
    for (const one of this.watched) this.shared.set.watched.delete(one);
    this.leave();
  }
}
