import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { assertText } from '../utils/assert-argument.js';
import { Traced } from '../utils/traced.decorator.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { SessionSettings } from './interfaces/session-options.interface.js';
import type {
  IdentifiedSession,
  SessionData,
  SessionRotateOptions,
  SessionStatus,
  SessionTtlOptions,
  StoredSession,
} from './interfaces/session.interface.js';
import { FORWARD_MS } from './forward-id.js';
import { SESSION_CONNECTION, SESSION_OPERATIONS, SESSION_SETTINGS } from './session.constants.js';
import { SessionDestroyer } from './session.destroyer.js';
import { SessionForm } from './session.form.js';
import { assertSessionId } from './session-id.util.js';
import { SessionLife } from './session.life.js';
import { createSessionParts } from './session.parts.js';
import type { SessionParts } from './session.parts.js';
import { forwardMsOfOptions, ttlOfOptions } from './session-ttl.util.js';
import { SessionUpdater } from './session.updater.js';

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
@Traced('session', SESSION_OPERATIONS)
export class SessionStore {
  private readonly parts: SessionParts;
  private readonly life: SessionLife;
  private readonly form: SessionForm;
  private readonly updater: SessionUpdater;
  private readonly destroyer: SessionDestroyer;

  /** @internal */
  constructor(
    @Inject(SESSION_CONNECTION) private readonly connection: RedisConnectionHandle,
    @Inject(SESSION_SETTINGS) private readonly settings: SessionSettings,
  ) {
    this.parts = createSessionParts(connection, settings);
    this.form = new SessionForm(settings);
    this.updater = new SessionUpdater(this.parts, this.form);
    this.destroyer = new SessionDestroyer(this.parts, settings.ttlMs);
    this.life = new SessionLife(connection, this.parts, settings.required);
  }

  /** The session; undefined where it is known that there is none: never set, expired, or destroyed. */
  async get<T extends object = SessionData>(id: string): Promise<T | undefined> {
    return (await this.getWithExpiry<T>(id))?.data;
  }

  /** The session and its end; undefined as in {@link get}. */
  async getWithExpiry<T extends object = SessionData>(id: string): Promise<StoredSession<T> | undefined> {
    assertSessionId(id, 'session.get');
    const found = await this.parts.rotation.find(id);
    if (found?.entry.data === undefined) return undefined;
    return { data: this.form.decode<T>(id, found.entry.data), expiresAt: found.entry.expiresAt };
  }

  /**
   * Stores a session, a JSON object, in place of what was there. False where it was destroyed before: a late save does not
   * undo a logout. Ids of destroyed sessions are refused for at least the module's `ttlMs`; give a new session a new id.
   */
  async set(id: string, data: object, options: SessionTtlOptions = {}): Promise<boolean> {
    assertSessionId(id, 'session.set');
    return this.parts.writer.set(id, this.form.changeOf(id, data, this.ttlOf(options, 'session.set')));
  }

  /** Ends a session for good, in every tier. One that does not exist is as good as ended. */
  async destroy(id: string): Promise<void> {
    assertSessionId(id, 'session.destroy');
    await this.destroyer.destroy(id);
  }

  /** Lengthens the life of a session; never shortens it, never creates one. False where there is no such session. */
  async touch(id: string, options: SessionTtlOptions = {}): Promise<boolean> {
    assertSessionId(id, 'session.touch');
    return this.parts.rotation.touch(id, this.ttlOf(options, 'session.touch'));
  }

  /**
   * Changes a session by what it is now: `change` gets a copy and gives the new one, or changes its copy and gives nothing.
   * Where another change came between it is called again with what that left. Gives what was stored; undefined, without
   * calling it, where there is no such session. The session ends when it would have, unless `ttlMs` is given.
   *
   * Rejects with a `RedisError` of kind `busy` when others were faster a dozen times; nothing was stored then.
   */
  async update<T extends object = SessionData>(
    id: string,
    change: (session: T) => T | void | Promise<T | void>,
    options: SessionTtlOptions = {},
  ): Promise<T | undefined> {
    assertSessionId(id, 'session.update');
    return this.updater.update(id, change, ttlOfOptions(options, 'session.update'));
  }

  /**
   * Gives a session a new id, of 192 bits of chance; undefined where there is no such session. For half a minute, or for
   * `forwardMs`, the old id leads to it, for requests that are under way, but for `set`, which is refused: to `rotate` too,
   * which then gives the id that is new already. What is changed meanwhile is kept, and a `destroy` meanwhile ends both.
   *
   * At a login, where somebody may have planted the old id, say `{ forwardMs: 0 }`: the old id leads nowhere then.
   *
   * Rejects with a `RedisError` of kind `busy` when others changed the session a dozen times meanwhile.
   */
  async rotate(id: string, options: SessionRotateOptions = {}): Promise<string | undefined> {
    assertSessionId(id, 'session.rotate');
    const forwardMs = forwardMsOfOptions(options, 'session.rotate') ?? FORWARD_MS;
    return this.parts.rotation.rotate(id, { ttlMs: this.settings.ttlMs, forwardMs });
  }

  /** The live sessions of a user, by `userOf` of the module; while Redis is out, as far as the other tiers know. */
  async findByUser<T extends object = SessionData>(userId: string): Promise<IdentifiedSession<T>[]> {
    assertText(userId, 'userId', 'session.findByUser');
    const { found } = await this.parts.directory.ofUser(userId);
    return found.flatMap((session) => this.form.identified<T>(session));
  }

  /**
   * Ends every session of a user; how many there were. Rejects with kind `unavailable` where there may be others, after it
   * ended those that are known.
   */
  async destroyByUser(userId: string): Promise<number> {
    assertText(userId, 'userId', 'session.destroyByUser');
    return this.destroyer.destroyByUser(userId);
  }

  /** The ids of all live sessions, in no order; while Redis is out, as far as the other tiers know. */
  async *ids(): AsyncGenerator<string, void, undefined> {
    for await (const { id } of this.parts.directory.all()) yield id;
  }

  /** All live sessions, as {@link ids}. One whose stored value is corrupt is left out. */
  async all<T extends object = SessionData>(): Promise<IdentifiedSession<T>[]> {
    const sessions: IdentifiedSession<T>[] = [];
    for await (const found of this.parts.directory.all()) sessions.push(...this.form.identified<T>(found));
    return sessions;
  }

  /** How many live sessions there are, as {@link ids}. */
  async length(): Promise<number> {
    let count = 0;
    for await (const { id } of this.parts.directory.all()) count += id === '' ? 0 : 1;
    return count;
  }

  /** Ends all sessions, as {@link ids}. */
  async clear(): Promise<void> {
    await this.destroyer.clear();
  }

  /** Which tier answers now, and how much waits to be replayed. */
  status(): SessionStatus {
    return this.parts.monitor.status;
  }

  /** {@link status} now, and whenever the tier, `degraded` or `trusted` changes; completes when the module ends. */
  get status$(): Observable<SessionStatus> {
    return this.parts.monitor.status$;
  }

  /** @internal */
  open(): Promise<void> {
    return this.life.open();
  }

  /** @internal */
  close(): Promise<void> {
    return this.life.close();
  }

  private ttlOf(options: SessionTtlOptions, operation: string): number {
    return ttlOfOptions(options, operation) ?? this.settings.ttlMs;
  }
}
