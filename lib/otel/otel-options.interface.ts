import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/**
 * What the OpenTelemetry module may be told.
 *
 * @publicApi
 */
export interface RedisOtelModuleOptions {
  /** Who makes the metrics; `false` for none. @default the global provider of `@opentelemetry/api` when the app boots */
  readonly meterProvider?: MeterProvider | false;
  /** Who makes the spans; `false` for none. @default the global provider of `@opentelemetry/api` */
  readonly tracerProvider?: TracerProvider | false;
  /** Whether the commands that a driver sends for a call are spans below it: ioredis from 5.11, redis from 5.12. @default true */
  readonly driverSpans?: boolean;
  /** The connections to tell of, by name; the one without a name is `default`. @default every connection of the app */
  readonly connection?: string | readonly string[];
  /** Milliseconds that a collection of the metrics waits for a server. @default 1000 */
  readonly timeoutMs?: number;
}

/**
 * For `RedisOtelModule.forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface RedisOtelOptionsFactory {
  /** The options, or a promise of them. */
  createRedisOtelOptions(): RedisOtelModuleOptions | Promise<RedisOtelModuleOptions>;
}

/** The options, validated, defaults filled in. @internal */
export interface OtelSettings {
  /** Undefined: no metrics. */
  readonly meterProvider: MeterProvider | undefined;
  /** Undefined: no spans. */
  readonly tracerProvider: TracerProvider | undefined;
  readonly driverSpans: boolean;
  /** Undefined: every connection of the app. */
  readonly connections: readonly string[] | undefined;
  readonly timeoutMs: number;
}
