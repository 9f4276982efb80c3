import type { OpenMetricsContentType, Registry } from 'prom-client';

/**
 * What the metrics may be told.
 *
 * @publicApi
 */
export interface RedisMetricsModuleOptions {
  /** Where the metrics are registered. @default prom-client's own `register`, which `@willsoto/nestjs-prometheus` serves */
  readonly registry?: Registry | Registry<OpenMetricsContentType>;
  /** The connections to tell of, by name; the one without a name is `default`. @default every connection of the app */
  readonly connection?: string | readonly string[];
  /** Milliseconds that a scrape waits for a server. @default 1000 */
  readonly timeoutMs?: number;
}

/**
 * For `RedisMetricsModule.forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface RedisMetricsOptionsFactory {
  /** The options, or a promise of them. */
  createRedisMetricsOptions(): RedisMetricsModuleOptions | Promise<RedisMetricsModuleOptions>;
}

/** What of a registry is used. @internal */
export type MetricsRegistry = Pick<Registry, 'getSingleMetric' | 'registerMetric' | 'removeSingleMetric'>;

/** The options, validated, defaults filled in. @internal */
export interface MetricsSettings {
  readonly registry: MetricsRegistry;
  /** Undefined: every connection of the app. */
  readonly connections: readonly string[] | undefined;
  readonly timeoutMs: number;
}
