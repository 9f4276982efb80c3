import { createScrapedCounter, createScrapedGauge } from './metric-group.js';
import type { MetricGroup } from './metric-group.js';
import type { SetGauge } from './read-metric.js';
import type { ServerReading } from './read-server.js';
import type { WatchedConnections } from './watched-connections.js';

/**
 * What the servers say at a scrape. Of a cluster the masters together. What a server does not tell, or not this user, is
 * absent, as is all of it while the server does not answer.
 *
 * @internal
 */
export class ServerMetrics implements MetricGroup {
  constructor(private readonly watched: WatchedConnections) {}

  readonly metrics = [
    this.figure(
      'redis_up',
      'Whether the server answered this scrape: 1 or 0. Absent while Redis is turned off.',
      (server) => (server.isUp ? 1 : 0),
    ),
    this.figure('redis_memory_used_bytes', 'Memory that the server uses.', ({ usedBytes }) => usedBytes),
    this.figure(
      'redis_memory_max_bytes',
      "The server's maxmemory; absent where it has none.",
      ({ maxBytes }) => maxBytes,
    ),
    this.figure(
      'redis_memory_used_ratio',
      'Used memory as a share of maxmemory, of the server that is nearest to it; absent where none has a limit.',
      ({ memoryRatio }) => memoryRatio,
    ),
    this.figure(
      'redis_connected_clients',
      'Clients that the server counts, of every application.',
      ({ clients }) => clients,
    ),
    this.figure('redis_connected_replicas', 'Replicas that follow the server.', ({ replicas }) => replicas),
    this.figure(
      'redis_replication_lag_bytes',
      'How much of its replication stream the replica that is furthest behind has yet to get; absent without replicas.',
      ({ lagBytes }) => lagBytes,
    ),
    createScrapedCounter(
      'redis_evicted_keys_total',
      'Keys that the server threw out to free memory, since it started.',
      this.setEach(({ evictedKeys }) => evictedKeys),
    ),
    createScrapedGauge('redis_server_role', 'Servers by role: master or replica.', ['role'], async (set) => {
      for (const { handle, server } of await this.watched.read()) {
        const roles = Object.entries(server.roles ?? {});
        for (const [role, count] of roles) set({ connection: handle.name, role }, count);
      }
    }),
  ];

  private figure(name: string, help: string, of: FigureOf): ReturnType<typeof createScrapedGauge> {
    return createScrapedGauge(name, help, [], this.setEach(of));
  }

  private setEach(of: FigureOf): (set: SetGauge<never>) => Promise<void> {
    return async (set) => {
      for (const { handle, server } of await this.watched.read()) {
        const value = of(server);
        if (value !== undefined) set({ connection: handle.name }, value);
      }
    };
  }
}

/** Undefined: absent. */
type FigureOf = (server: ServerReading) => number | undefined;
