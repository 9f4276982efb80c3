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
 * How the replicas follow, where there are any: of a cluster, those of all masters together.
 *
 * @publicApi
 */
export interface RedisReplicationDetails {
  /** As many replicas are connected to the server. */
  readonly replicas: number;
  /** How far the one that is furthest behind is, of those that follow; only their master tells. */
  readonly lagBytes?: number;
  /** Seconds since the one that was silent for longest was heard of; of a replica, since it heard of its master. */
  readonly lagSeconds?: number;
}

/**
 * A queue whose jobs were counted, or could not be.
 *
 * @publicApi
 */
export interface RedisQueueDetails {
  readonly name: string;
  /** Jobs that wait for a worker; missing where they could not be counted. */
  readonly backlog?: number;
  /** Why they could not. */
  readonly error?: RedisErrorKind;
}

/**
 * A limit of the check's options that was exceeded.
 *
 * @publicApi
 */
export interface RedisExceededLimit {
  /** The option that sets it. */
  readonly option:
    'maxLatencyMs' | 'maxMemoryRatio' | 'maxReplicationLagBytes' | 'maxReplicationLagSeconds' | 'maxQueueBacklog';
  readonly limit: number;
  /** What was measured. */
  readonly value: number;
  /** The queue that it is about. */
  readonly queue?: string;
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
  /** Missing where the server has no replica and is none. */
  readonly replication?: RedisReplicationDetails;
  readonly driver?: RedisDriverName;
  /** `host:port`, or the path of a unix socket. */
  readonly endpoint?: string;
  /** Open sockets by purpose. */
  readonly sockets: Readonly<Record<string, number>>;
  readonly consumers: readonly RedisConsumerDetails[];
  /** The queues that the check was told to count. */
  readonly queues?: readonly RedisQueueDetails[];
  /** The limits that are exceeded; missing where none is. */
  readonly exceeded?: readonly RedisExceededLimit[];
}
