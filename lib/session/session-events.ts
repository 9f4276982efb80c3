import { channel } from 'node:diagnostics_channel';
import { isRedisError } from '../errors/redis.error.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { SessionStatus } from './interfaces/session.interface.js';

/** A call that other tiers served instead of Redis, on the channel `nestjs-redis-hub:session:fallback`. @publicApi */
export interface SessionFallbackEvent {
  readonly connection: string;
  readonly action: 'read' | 'write' | 'touch';
  /** Which tier: the first that can be asked. */
  readonly tier: string;
  /** `doubt`: Redis answers, and may be behind. `disabled`: it is turned off. */
  readonly reason: 'outage' | 'doubt' | 'disabled';
}

/** Redis became, or ceased to be, a tier that may say "not found", on the channel `nestjs-redis-hub:session:trust`. @publicApi */
export interface SessionTrustEvent {
  readonly connection: string;
  readonly trusted: boolean;
  /** The tier that answers now. */
  readonly tier: string;
}

/** How many changes wait to be brought to Redis, when that changed, on the channel `nestjs-redis-hub:session:dirty`. @publicApi */
export interface SessionDirtyEvent {
  readonly connection: string;
  readonly dirty: number;
}

/** One session that was brought to a tier that lacked it, on the channel `nestjs-redis-hub:session:replay`. @publicApi */
export interface SessionReplayEvent {
  readonly connection: string;
  /** To Redis, or to a tier that nodes share. */
  readonly to: 'redis' | 'shared';
  /** `ok`, or the kind of the error; it is tried again then. */
  readonly outcome: 'ok' | RedisErrorKind;
}

const FALLBACK = channel('nestjs-redis-hub:session:fallback');
const TRUST = channel('nestjs-redis-hub:session:trust');
const DIRTY = channel('nestjs-redis-hub:session:dirty');
const REPLAY = channel('nestjs-redis-hub:session:replay');

/** Tells those who listen of the sessions of one store; nothing is made for nobody. @internal */
export class SessionEvents {
  private lastDirty = 0;

  constructor(
    private readonly connection: string,
    private readonly fallback: { readonly serving: string | undefined; readonly dirtyCount: number },
  ) {}

  served(action: SessionFallbackEvent['action'], reason: SessionFallbackEvent['reason']): void {
    if (FALLBACK.hasSubscribers) this.publishServed(action, reason);
    this.changed();
  }

  trust(status: SessionStatus): void {
    if (!TRUST.hasSubscribers) return;
    const { trusted, tier } = status;
    const event: SessionTrustEvent = { connection: this.connection, trusted, tier };
    TRUST.publish(event);
  }

  replayed(to: SessionReplayEvent['to'], error?: unknown): void {
    if (REPLAY.hasSubscribers) this.publishReplay(to, error);
    this.changed();
  }

  /** Something was noted, or is no longer. */
  changed(): void {
    if (!DIRTY.hasSubscribers) return;
    const dirty = this.fallback.dirtyCount;
    if (dirty === this.lastDirty) return;
    this.lastDirty = dirty;
    const event: SessionDirtyEvent = { connection: this.connection, dirty };
    DIRTY.publish(event);
  }

  private publishServed(action: SessionFallbackEvent['action'], reason: SessionFallbackEvent['reason']): void {
    const tier = this.fallback.serving ?? 'none';
    const event: SessionFallbackEvent = { connection: this.connection, action, tier, reason };
    FALLBACK.publish(event);
  }

  private publishReplay(to: SessionReplayEvent['to'], error: unknown): void {
    const kind = isRedisError(error) ? error.redisErrorKind : 'unavailable';
    const event: SessionReplayEvent = {
      connection: this.connection,
      to,
      outcome: error === undefined ? 'ok' : kind,
    };
    REPLAY.publish(event);
  }
}
