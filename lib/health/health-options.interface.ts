/**
 * A queue whose jobs are counted: BullMQ's `Queue` is one.
 *
 * @publicApi
 */
export interface RedisHealthQueue {
  readonly name: string;
  /** How many jobs there are of each of these kinds, by kind. */
  getJobCounts(...types: ('waiting' | 'prioritized')[]): Promise<Readonly<Record<string, number>>>;
}

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
  /** Milliseconds that PING may take. A busy event loop of this process counts. @default no limit */
  readonly maxLatencyMs?: number;
  /**
   * Share of the server's `maxmemory` from which on it is called degraded, above 0 and at most 1.
   * @default 1 where the server evicts nothing, else none
   */
  readonly maxMemoryRatio?: number;
  /** Bytes that a replica which follows may be behind its master, as the master tells. @default no limit */
  readonly maxReplicationLagBytes?: number;
  /** Seconds since a replica which follows was last heard of by its master, or a replica heard of its own. @default no limit */
  readonly maxReplicationLagSeconds?: number;
  /** Queues whose waiting jobs are counted, each with one question at a time. @default none */
  readonly queues?: readonly RedisHealthQueue[];
  /** Jobs that may wait in each of the {@link queues}; delayed ones do not count. @default no limit */
  readonly maxQueueBacklog?: number;
  /**
   * What an exceeded limit makes of a server that serves. With `down` an orchestrator sends no requests to an app that
   * could answer them, and to none where all share that Redis.
   * @default 'degraded'
   */
  readonly whenExceeded?: 'degraded' | 'down';
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

/** What may be measured, and how much of it. @internal */
export interface HealthLimits {
  readonly maxLatencyMs: number | undefined;
  readonly maxMemoryRatio: number | undefined;
  readonly maxReplicationLagBytes: number | undefined;
  readonly maxReplicationLagSeconds: number | undefined;
  readonly maxQueueBacklog: number | undefined;
}

/** The options of one check, validated, defaults filled in. @internal */
export interface HealthCheckSettings {
  readonly connection: string | undefined;
  readonly timeoutMs: number;
  readonly queues: readonly RedisHealthQueue[];
  readonly whenExceeded: 'degraded' | 'down';
  readonly limits: HealthLimits;
}
