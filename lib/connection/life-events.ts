import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisStateChange } from '../interfaces/redis-state.interface.js';
import {
  REDIS_CHANNELS,
  type RedisConnectionErrorEvent,
  type RedisInitializationEvent,
  type RedisReconnectAttemptEvent,
  type RedisStateEvent,
} from '../utils/redis-events.js';

const { state, connectionError, reconnectAttempt, initialization } = REDIS_CHANNELS;

/** Tells those who listen of the life of one connection; nothing is made for nobody. @internal */
export class LifeEvents {
  private callers = 0;
  private retries = 0;
  private failures = 0;
  private hasTried = false;
  private isTrying = false;

  constructor(private readonly connection: string) {}

  /** One more waits for the first connection that is being made. */
  joined(): void {
    this.callers += 1;
  }

  /** The server, or the way to it, is about to be asked. */
  attempting(): void {
    this.isTrying = true;
    if (!this.hasTried) {
      this.hasTried = true;
      return;
    }
    this.retries += 1;
    if (!reconnectAttempt.hasSubscribers) return;
    const event: RedisReconnectAttemptEvent = { connection: this.connection, attempt: this.retries };
    reconnectAttempt.publish(event);
  }

  connected(): void {
    this.isTrying = false;
    this.retries = 0;
    this.failures = 0;
  }

  /** An attempt that asked nobody, since its origin is not connected, is no failure of its own. */
  failed(kind: RedisErrorKind): void {
    if (!this.isTrying) return;
    this.isTrying = false;
    this.failures += 1;
    this.publishError(kind, this.failures);
  }

  lost(kind: RedisErrorKind): void {
    this.publishError(kind, 0);
  }

  changed(change: RedisStateChange): void {
    if (change.to === 'connecting') this.callers = 0;
    if (state.hasSubscribers) this.publishChange(change);
    if (change.from === 'connecting' && initialization.hasSubscribers) this.publishInitialization(change);
  }

  private publishError(kind: RedisErrorKind, attempt: number): void {
    if (!connectionError.hasSubscribers) return;
    const event: RedisConnectionErrorEvent = { connection: this.connection, kind, attempt };
    connectionError.publish(event);
  }

  private publishChange({ from, to, elapsedMs, error }: RedisStateChange): void {
    const kind = error === undefined ? {} : { kind: error.redisErrorKind };
    const event: RedisStateEvent = { connection: this.connection, from, to, elapsedMs, ...kind };
    state.publish(event);
  }

  private publishInitialization({ to, elapsedMs: durationMs, error }: RedisStateChange): void {
    const outcome = to === 'connected' ? 'ok' : (error?.redisErrorKind ?? 'closed');
    const event: RedisInitializationEvent = {
      connection: this.connection,
      durationMs,
      callers: this.callers,
      outcome,
    };
    initialization.publish(event);
  }
}
