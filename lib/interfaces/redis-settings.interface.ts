import type { RedisDriverName } from './redis-client.interface.js';

/** A host and its port. @internal */
export interface HostEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Where to connect: parsed, validated, without a credential. @internal */
export type RedisEndpoint = HostEndpoint | { readonly path: string };

/** TLS material as the drivers take it. @internal */
export interface RedisTlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** Who is asked for the master's address, and as whom. @internal */
export interface RedisSentinelSettings {
  /** The group that they watch. */
  readonly name: string;
  readonly nodes: readonly [HostEndpoint, ...HostEndpoint[]];
  /** The sentinels' own login; never that of the server. */
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTlsSettings;
}

/** The options, validated as a whole, defaults filled in, files read. What the rest of the house works with. @internal */
export interface RedisSettings {
  readonly enabled: boolean;
  /** Why it is off, naming the flag; only where `enabled` is false. */
  readonly disabledBy?: string;
  readonly driver: 'auto' | RedisDriverName;
  /** The server; the first sentinel or the first seed of a cluster where the server has yet to be found. */
  readonly endpoint: RedisEndpoint;
  readonly sentinel?: RedisSentinelSettings;
  /** The seeds of a cluster: some of its nodes, which tell of the others. */
  readonly cluster?: readonly [HostEndpoint, ...HostEndpoint[]];
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls?: RedisTlsSettings;
  readonly keyPrefix: string;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly watchdogIntervalMs: number;
  readonly boot: 'fail-fast' | 'degrade';
  readonly breakerFailures: number;
  readonly ioredis: Readonly<Record<string, unknown>>;
  readonly nodeRedis: Readonly<Record<string, unknown>>;
  /** Things to warn of once at boot, without a secret. */
  readonly warnings: readonly string[];
}
