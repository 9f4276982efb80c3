import type { RedisClient, RedisDriverName } from './redis-client.interface.js';

/**
 * TLS settings. Certificates are PEM, given as text or as the path of a file that is read at boot.
 *
 * @publicApi
 */
export interface RedisTlsOptions {
  /** Certificate authorities to trust, as PEM text. */
  readonly ca?: string;
  /** Path of {@link ca}. */
  readonly caFile?: string;
  /** Client certificate, as PEM text. */
  readonly cert?: string;
  /** Path of {@link cert}. */
  readonly certFile?: string;
  /** Private key of the client certificate, as PEM text. */
  readonly key?: string;
  /** Path of {@link key}. */
  readonly keyFile?: string;
  /** Name to expect in the server's certificate. @default the host */
  readonly servername?: string;
}

/**
 * When the breaker opens. See {@link RedisModuleOptions.breaker}.
 *
 * @publicApi
 */
export interface RedisBreakerOptions {
  /** Deadlines missed in a row before calls are refused at once. @default 3 */
  readonly failures?: number;
}

/**
 * A host, and the port to be found there.
 *
 * @publicApi
 */
export interface RedisNodeAddress {
  readonly host: string;
  readonly port?: number;
}

/**
 * Some nodes of a cluster. They tell of the others.
 *
 * @publicApi
 */
export interface RedisClusterOptions {
  /** The nodes to ask first. The port is 6379 where it is left out. */
  readonly nodes: readonly RedisNodeAddress[];
}

/**
 * Addresses of sentinels and the name of the group that they watch. Source: the guidelines for Sentinel clients in the
 * Redis documentation.
 *
 * @publicApi
 */
export interface RedisSentinelOptions {
  /** The name of the group, as in `sentinel monitor <name>`. */
  readonly name: string;
  /** The sentinels. The port is 26379 where it is left out. */
  readonly nodes: readonly RedisNodeAddress[];
  /** ACL user of the sentinels themselves; that of the server is {@link RedisModuleOptions.username}. */
  readonly username?: string;
  /** Password of the sentinels themselves. The server's is never sent to them. */
  readonly password?: string;
  /** TLS towards the sentinels. @default as towards the server */
  readonly tls?: boolean | RedisTlsOptions;
}

/**
 * How to reach Redis, and how to behave when it cannot be reached.
 *
 * @publicApi
 */
export interface RedisModuleOptions {
  /** Turns Redis off (`false`) or insists on it (`true`). @default on exactly when there is an address or a client */
  readonly enabled?: boolean;
  /** Which driver package. `auto`: ioredis if installed, else redis (node-redis). @default 'auto' */
  readonly driver?: 'auto' | RedisDriverName;
  /**
   * `redis://`, `rediss://` (TLS) or `unix://`; user, password and database may be part of it. Several hosts, as in
   * `redis://a:6379,b:6379`, are seeds of a cluster.
   */
  readonly url?: string;
  /** Host, instead of {@link url}. */
  readonly host?: string;
  /** Port, beside {@link host}. @default 6379 */
  readonly port?: number;
  /** ACL user; overrides the URL's. */
  readonly username?: string;
  /** Password; overrides the URL's. */
  readonly password?: string;
  /** Database number; overrides the URL's. @default 0 */
  readonly db?: number;
  /** TLS: `true`, or its settings. `rediss://` implies it. @default false */
  readonly tls?: boolean | RedisTlsOptions;
  /** Refuse to boot without TLS to a host that is not local. @default false */
  readonly requireTls?: boolean;
  /** Put before every key by the port, never by the driver (BullMQ refuses such a client). @default '' */
  readonly keyPrefix?: string;
  /** How long bootstrap and `ensureReadyClient` wait for a connection, in milliseconds. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** Deadline of every command of the port, in milliseconds. @default 500 */
  readonly commandTimeoutMs?: number;
  /**
   * How long shutdown may take, waiting and closing together, before what is left is ended by force, in milliseconds.
   *
   * @default 3000
   */
  readonly shutdownTimeoutMs?: number;
  /** How often a connected server is asked whether it still answers, in milliseconds. @default 1000 */
  readonly watchdogIntervalMs?: number;
  /** `fail-fast`: bootstrap waits for Redis and fails without it. `degrade`: bootstrap goes on. @default 'fail-fast' */
  readonly boot?: 'fail-fast' | 'degrade';
  /** When calls are refused at once instead of each waiting for its deadline. */
  readonly breaker?: RedisBreakerOptions;
  /** Further options of ioredis, passed through as they are. Typed in `nestjs-redis-hub/ioredis`. */
  readonly ioredis?: object;
  /** Further options of node-redis, passed through as they are. Typed in `nestjs-redis-hub/node-redis`. */
  readonly nodeRedis?: object;
  /** A client that you made and keep: used, never closed, forced or reconfigured. */
  readonly client?: RedisClient;
  /** The server is the one that sentinels name, instead of {@link url} or {@link host}. */
  readonly sentinel?: RedisSentinelOptions;
  /**
   * A Redis Cluster: `true` where the address names one of its nodes, or some of its nodes in place of an address.
   *
   * @default true exactly where {@link url} names several hosts
   */
  readonly cluster?: boolean | RedisClusterOptions;
}

/**
 * For `forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface RedisOptionsFactory {
  /** The options, or a promise of them. */
  createRedisOptions(): RedisModuleOptions | Promise<RedisModuleOptions>;
}
