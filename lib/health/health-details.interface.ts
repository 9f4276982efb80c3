import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';

/**
 * The server's memory, where it may be asked.
 *
 * @publicApi
 */
export interface RedisMemoryDetails {
  readonly usedBytes: number;
  /** The server's `maxmemory`; missing where it has none. */
  readonly maxBytes?: number;
  /** {@link usedBytes} of {@link maxBytes}. */
  readonly ratio?: number;
}

/**
 * A feature that lives on the connection.
 *
 * @publicApi
 */
export interface RedisConsumerDetails {
  readonly name: string;
  /** Whether the app cannot do its work without it. */
  readonly required: boolean;
  /** What answers for it now, such as `redis`, `memory`, `loader`, `none`. */
  readonly tier: string;
}

/**
 * What a check answers beside its status. Never a password, a key or a value.
 *
 * @publicApi
 */
export interface RedisHealthDetails {
  readonly state: RedisState;
  /** What is wrong. */
  readonly error?: RedisErrorKind;
  /** What is wrong, in words. */
  readonly message?: string;
  /** True where the status would be `degraded` and the installed terminus (11) cannot say so. */
  readonly degraded?: true;
  /** Round trip of PING in milliseconds; missing where it was not answered. */
  readonly latencyMs?: number;
  readonly role?: 'master' | 'replica' | 'unconfirmed';
  readonly memory?: RedisMemoryDetails;
  readonly driver?: RedisDriverName;
  /** `host:port`, or the path of a unix socket. */
  readonly endpoint?: string;
  /** Open sockets by purpose. */
  readonly sockets: Readonly<Record<string, number>>;
  readonly consumers: readonly RedisConsumerDetails[];
}
