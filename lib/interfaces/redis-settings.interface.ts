import type { RedisDriverName } from './redis-client.interface.js';

/** Where to connect: parsed, validated, without a credential. @internal */
export type RedisEndpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** TLS material as the drivers take it. @internal */
export interface RedisTlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** The options, validated as a whole, defaults filled in, files read. What the rest of the house works with. @internal */
export interface RedisSettings {
  readonly enabled: boolean;
  /** Why it is off, naming the flag; only where `enabled` is false. */
  readonly disabledBy?: string;
  readonly driver: 'auto' | RedisDriverName;
  readonly endpoint: RedisEndpoint;
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
