import type { RedisDriverName, RedisErrorKind, RedisState } from 'nestjs-redis-hub';
import type { SessionStatus } from 'nestjs-redis-hub/session';

/** Jobs of the queue by state. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
}

/** How this app is doing, in one look. No secret and nothing of a chat is in it. */
export interface ChatStatus {
  /** `up`; `degraded`: serving with something missing; `off`: Redis is turned off. */
  readonly level: 'up' | 'degraded' | 'off';
  readonly connection: {
    readonly state: RedisState;
    readonly driver: RedisDriverName | null;
    /** Why the last change of state came, where there was a reason. */
    readonly error: RedisErrorKind | null;
    /** Open sockets by purpose. */
    readonly sockets: Readonly<Record<string, number>>;
    readonly breaker: 'open' | 'closed';
  };
  readonly session: SessionStatus;
  readonly queue: {
    /** Null while the queue does not answer. */
    readonly counts: QueueCounts | null;
    readonly error: RedisErrorKind | null;
  };
}
