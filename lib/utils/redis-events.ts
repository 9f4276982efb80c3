import { channel } from 'node:diagnostics_channel';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';

/** A state change, on the channel `nestjs-redis-hub:state`. @publicApi */
export interface RedisStateEvent {
  readonly connection: string;
  readonly from: RedisState;
  readonly to: RedisState;
  readonly elapsedMs: number;
  readonly kind?: RedisErrorKind;
}

/** One attempt to connect that failed, on the channel `nestjs-redis-hub:connection-error`. @publicApi */
export interface RedisConnectionErrorEvent {
  readonly connection: string;
  readonly kind: RedisErrorKind;
  readonly attempt: number;
}

/** One command of the port, settled, on the channel `nestjs-redis-hub:operation`. @publicApi */
export interface RedisOperationEvent {
  readonly connection: string;
  readonly operation: string;
  readonly durationMs: number;
  /** `ok`, or the kind of the error. */
  readonly outcome: 'ok' | RedisErrorKind;
}

/** The breaker opened or closed, on the channel `nestjs-redis-hub:breaker`. @publicApi */
export interface RedisBreakerEvent {
  readonly connection: string;
  readonly open: boolean;
}

/** The channels. Check `hasSubscribers` before making a message: nothing is computed when nobody listens. @internal */
export const REDIS_CHANNELS = {
  state: channel('nestjs-redis-hub:state'),
  connectionError: channel('nestjs-redis-hub:connection-error'),
  operation: channel('nestjs-redis-hub:operation'),
  breaker: channel('nestjs-redis-hub:breaker'),
} as const;
