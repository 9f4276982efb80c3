/**
 * What a health check may be told.
 *
 * @publicApi
 */
export interface RedisHealthCheckOptions {
  /** The connection to check, where it has a name. @default the default connection */
  readonly connection?: string;
  /** Milliseconds after which the check answers, whatever Redis does. @default 1000 */
  readonly timeoutMs?: number;
  /**
   * Share of the server's `maxmemory` from which on it is called degraded, above 0 and at most 1.
   * @default 1 where the server evicts nothing, else none
   */
  readonly maxMemoryRatio?: number;
}

/**
 * What every check of this module is told, unless the call says otherwise.
 *
 * @publicApi
 */
export type RedisHealthModuleOptions = RedisHealthCheckOptions;

/**
 * For `RedisHealthModule.forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface RedisHealthOptionsFactory {
  /** The options, or a promise of them. */
  createRedisHealthOptions(): RedisHealthModuleOptions | Promise<RedisHealthModuleOptions>;
}

/** The options of one check, validated, defaults filled in. @internal */
export interface HealthCheckSettings {
  readonly connection: string | undefined;
  readonly timeoutMs: number;
  readonly maxMemoryRatio: number | undefined;
}
