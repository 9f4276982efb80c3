import { Inject, Injectable } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { SessionSettings } from './interfaces/session-options.interface.js';
import type { SessionData, SessionStatus, SessionTtlOptions, StoredSession } from './interfaces/session.interface.js';
import { decodeSession, encodeSession } from './session.codec.js';
import { createSessionParts } from './session.parts.js';
import type { SessionParts } from './session.parts.js';
import { SESSION_CONNECTION, SESSION_SETTINGS } from './session.constants.js';
import { assertSessionId } from './session-id.util.js';
import { ttlOfOptions } from './session-ttl.util.js';

/**
 * Sessions that survive the loss of Redis: written to Redis and to the fallback tiers, read from Redis, and from the
 * fallback tiers while it is out. A change that was acknowledged reaches Redis when it returns; a destroyed session never
 * comes back; what cannot be known is an error of kind `unavailable`, not a missing session.
 *
 * Every method rejects with a `RedisError` only: of kind `serialization` for an id, a session or a stored value that is
 * none, of kind `unavailable` where no tier can answer, and of the kind that Redis gave where there is no fallback.
 *
 * @example
 * constructor(private readonly sessions: SessionStore) {}
 *
 * async greet(id: string): Promise<string> {
 *   const session = await this.sessions.get<{ name: string }>(id);
 *   return session === undefined ? 'Who are you?' : `Hello ${session.name}`;
 * }
 *
 * @publicApi
 */
@Injectable()
export class SessionStore {
  private readonly parts: SessionParts;
  private subscription: Subscription | undefined;
  private unregister: (() => void) | undefined;

  /** @internal */
  constructor(
    @Inject(SESSION_CONNECTION) private readonly connection: RedisConnectionHandle,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {
    this.parts = createSessionParts(connection, settings);
  }

  /** The session; undefined where it is known that there is none: never set, expired, or destroyed. */
  async get<T extends object = SessionData>(id: string): Promise<T | undefined> {
    return (await this.getWithExpiry<T>(id))?.data;
  }

  /** The session and its end; undefined as in {@link get}. */
  async getWithExpiry<T extends object = SessionData>(id: string): Promise<StoredSession<T> | undefined> {
    assertSessionId(id, 'session.get');
    const entry = await this.parts.reader.read(id);
    if (entry?.data === undefined) return undefined;
    return { data: decodeSession(id, entry.data) as T, expiresAt: entry.expiresAt };
  }

  /**
   * Stores a session, a JSON object, in place of what was there. False where it was destroyed before: a late save does not
   * undo a logout. Ids of destroyed sessions are refused for at least the module's `ttlMs`; give a new session a new id.
   */
  async set(id: string, data: object, options: SessionTtlOptions = {}): Promise<boolean> {
    assertSessionId(id, 'session.set');
    const ttlMs = this.ttlOf(options, 'session.set');
    return this.parts.writer.set(id, { data: encodeSession(id, data, this.settings.maxPayloadBytes), ttlMs });
  }

  /** Ends a session for good, in every tier. One that does not exist is as good as ended. */
  async destroy(id: string): Promise<void> {
    assertSessionId(id, 'session.destroy');
    await this.parts.writer.destroy(id, this.settings.ttlMs);
  }

  /** Lengthens the life of a session; never shortens it, never creates one. False where there is no such session. */
  async touch(id: string, options: SessionTtlOptions = {}): Promise<boolean> {
    assertSessionId(id, 'session.touch');
    return this.parts.toucher.touch(id, this.ttlOf(options, 'session.touch'));
  }

  /** Which tier answers now, and how much waits to be replayed. */
  status(): SessionStatus {
    return this.parts.monitor.status;
  }

  /** {@link status} now, and whenever the tier or `degraded` changes; completes when the module ends. */
  get status$(): Observable<SessionStatus> {
    return this.parts.monitor.status$;
  }

  /** Follows the connection, and shows itself to health and metrics. @internal */
  async open(): Promise<void> {
    this.followLedger();
    await this.parts.sources.fallback.open();
    this.subscription = this.connection.state$.subscribe(({ from, to }) => {
      if (from === 'connected') this.parts.sources.standing.lost();
      if (to === 'connected') this.parts.recovery.begin();
      this.parts.monitor.update();
    });
    this.unregister = this.connection.registerConsumer({
      name: 'session',
      required: this.settings.required,
      hasFallback: !this.parts.sources.fallback.isEmpty,
      tier: () => this.parts.monitor.tier,
    });
    if (this.parts.sources.standing.isConnected) this.parts.recovery.begin();
    this.parts.monitor.update();
  }

  /** Replays what it can, then stops. Called after the last request, while the connection is still open. @internal */
  async close(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.parts.recovery.stop();
    this.unregister?.();
    this.parts.monitor.end();
    await this.parts.sources.fallback.close();
  }

  /** A page that changed, or a tier that is back, may be work to do. */
  private followLedger(): void {
    let wasCurrent = false;
    this.parts.sources.fallback.ledger?.onChange(() => {
      const isCurrent = this.parts.sources.fallback.ledger?.isCurrent ?? false;
      if (isCurrent && !wasCurrent) this.parts.recovery.missed();
      else if (this.parts.sources.trust.mode === 'doubt' || this.parts.sources.fallback.localDirtyCount > 0)
        this.parts.recovery.schedule();
      wasCurrent = isCurrent;
      this.parts.monitor.update();
    });
  }

  private ttlOf(options: SessionTtlOptions, operation: string): number {
    return ttlOfOptions(options, operation) ?? this.settings.ttlMs;
  }
}
