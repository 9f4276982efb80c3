import type { Observable } from 'rxjs';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisClient, RedisDriverName } from './redis-client.interface.js';
import type { RedisCommands } from './redis-commands.interface.js';
import type { RedisState, RedisStateChange } from './redis-state.interface.js';

/**
 * How long to wait for a client, and when to stop waiting.
 *
 * @publicApi
 */
export interface EnsureReadyOptions {
  /** Milliseconds to wait. @default connectTimeoutMs of the connection */
  readonly timeoutMs?: number;
  /** Ends this caller's wait; the attempt that others share goes on. */
  readonly signal?: AbortSignal;
}

/**
 * A feature that lives on a connection, as health and metrics see it.
 *
 * @publicApi
 */
export interface RedisConsumer {
  /** Such as `session`, `context`, `queue`; a named context is `context:<name>`. */
  readonly name: string;
  /** Whether the app cannot do its work without it. */
  readonly required: boolean;
  /** Whether it serves while Redis is out. */
  readonly hasFallback: boolean;
  /** The tier that answers now, such as `redis`, `memory`, `loader`; `none` where nothing does. */
  tier(): string;
  /** What is wrong with what it stands on beside Redis, which degrades health; undefined while nothing is. */
  lastError?(): RedisError | undefined;
  /** How many of its changes wait to be brought to Redis. */
  dirty?(): number;
  /** Whether what Redis says may be believed, an absence too. */
  trusted?(): boolean;
}

/** What consumers of a connection may do with it. Implemented by `RedisConnection`. @internal */
export interface RedisConnectionHandle {
  readonly name: string;
  /** Undefined while disabled, or before the driver was resolved. */
  readonly driver: RedisDriverName | undefined;
  /** `host:port` or the path of a unix socket. */
  readonly endpoint: string;
  readonly state: RedisState;
  /** Every change from now on; completes on `closed`. Does not replay: read {@link state} first. */
  readonly state$: Observable<RedisStateChange>;
  readonly isEnabled: boolean;
  readonly commands: RedisCommands;
  /** Why the connection is not up; undefined while it is. */
  readonly lastError: RedisError | undefined;
  readonly role: 'master' | 'replica' | 'unconfirmed';
  /** Whether the server lately forbade its user something that the app asked for, and has not allowed it since. */
  readonly isConfined?: boolean;
  readonly commandTimeoutMs: number;
  /** Sockets that this connection holds now, by purpose: `client` and one entry for each purpose of a duplicate. */
  readonly sockets: Readonly<Record<string, number>>;
  readonly consumers: readonly RedisConsumer[];
  /** The time that the app's shutdown has: what waits for Redis then gives up when it has passed. */
  readonly stopClock?: { readonly passed: AbortSignal };
  /** Makes a feature visible to health and metrics; the result takes it out again. */
  registerConsumer(consumer: RedisConsumer): () => void;
  ensureReadyClient(options?: EnsureReadyOptions): Promise<RedisClient>;
  /** A reply was another command's: the socket is thrown away at once, for every later one may be too. */
  distrust?(reason: Error): void;
  /** The native client; throws a `RedisError` when the connection is not up. */
  getClient(): RedisClient;
}
