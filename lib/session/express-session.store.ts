import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import session from 'express-session';
import type { SessionData } from 'express-session';
import { distinctUntilChanged, map } from 'rxjs';
import type { Subscription } from 'rxjs';
import { answer } from './answer-callback.js';
import { LoadedCookies, isHeaderCookie } from './express-cookie.util.js';
import type { StoredSession } from './interfaces/session.interface.js';
import { ttlOfCookie } from './session-cookie.util.js';
import { serializationError } from './session.error.js';
import { SessionStore } from './session.store.js';

type Loading = Parameters<session.Store['createSession']>;

/**
 * The `store` of express-session, on {@link SessionStore}.
 *
 * A session lives as long as its cookie (`expires`, else `originalMaxAge`), else as long as the module's `ttlMs`.
 * `regenerate` ends the old session and makes a new one: the old id leads nowhere. Callbacks may be left out. Errors are
 * `RedisError`s, and never look like "no such session". `disconnect` is emitted when no tier can answer, after which the
 * middleware skips sessions, and `connect` when one can.
 *
 * @example
 * app.use(session({ store: app.get(ExpressSessionStore), secret, resave: false, saveUninitialized: false }));
 *
 * @publicApi
 */
@Injectable()
export class ExpressSessionStore extends session.Store implements OnApplicationShutdown {
  private readonly subscription: Subscription;
  private readonly cookies = new LoadedCookies();
  private isServed = true;

  constructor(@Inject(SessionStore) private readonly sessions: SessionStore) {
    super();
    this.subscription = sessions.status$
      .pipe(
        map(({ tier }) => tier !== 'none'),
        distinctUntilChanged(),
      )
      .subscribe((isServed) => this.report(isServed));
    this.on('newListener', (event, listener: () => void) => {
      // The middleware is made after the store: one that comes during an outage has to hear of it.
      if (event === 'disconnect' && !this.isServed) queueMicrotask(listener);
    });
  }

  /** The session, its cookie's `expires` a Date, as the last touch left it; `null` where there is none. */
  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    answer(this.find(id), callback);
  }

  /** Stores the session for as long as its cookie lives; one whose cookie has expired is destroyed. */
  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    answer(this.save(id, data), callback);
  }

  /** Ends the session: a save that comes later does not bring it back, and is no error. */
  override destroy(id: string, callback?: (error?: unknown) => void): void {
    answer(this.sessions.destroy(id), callback);
  }

  /** Lengthens the session's life to that of its cookie, and stores the cookie where the application changed it. */
  override touch(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    answer(this.extend(id, data), callback);
  }

  /**
   * All live sessions, as `SessionStore.all`. Each has its id as `id`, which is a credential, and which JSON leaves out.
   */
  override all(callback: (error: unknown, sessions?: SessionData[]) => void): void {
    answer(this.findAll(), callback);
  }

  /** How many live sessions there are. */
  override length(callback: (error: unknown, length?: number) => void): void {
    answer(this.sessions.length(), callback);
  }

  /** Ends all sessions, as {@link destroy} does. */
  override clear(callback?: (error?: unknown) => void): void {
    answer(this.sessions.clear(), callback);
  }

  /** Makes the request's session of what {@link get} gave. */
  override createSession(...[request, data]: Loading): session.Session & SessionData {
    const loaded = super.createSession(request, data);
    this.cookies.remember(loaded);
    return loaded;
  }

  /** @internal */
  onApplicationShutdown(): void {
    this.subscription.unsubscribe();
  }

  private async find(id: string): Promise<SessionData | null> {
    const stored = await this.sessions.getWithExpiry<SessionData>(id);
    if (stored === undefined) return null;
    const data = dataOf(stored);
    if (data !== undefined) return data;
    throw serializationError('session.get', id, 'holds a cookie that cannot be set. Destroy it, or set it anew.');
  }

  private async findAll(): Promise<SessionData[]> {
    const stored = await this.sessions.all<SessionData>();
    return stored.flatMap(({ id, ...session }) => {
      const data = dataOf(session);
      return data === undefined ? [] : [Object.defineProperty(data, 'id', { value: id, enumerable: false })];
    });
  }

  private async save(id: string, data: SessionData): Promise<void> {
    const ttlMs = ttlOfCookie(data.cookie);
    if (ttlMs !== undefined && ttlMs <= 0) await this.sessions.destroy(id);
    else await this.sessions.set(id, data, { ttlMs });
  }

  private async extend(id: string, data: SessionData): Promise<void> {
    const ttlMs = ttlOfCookie(data.cookie);
    const isOver = ttlMs !== undefined && ttlMs <= 0;
    if (this.cookies.hasChanged(data)) return isOver ? this.sessions.destroy(id) : this.saveCookie(id, data, ttlMs);
    if (!isOver) await this.sessions.touch(id, { ttlMs });
  }

  /** A request that changes the cookie alone is a touch for the middleware; what others changed meanwhile stays. */
  private async saveCookie(id: string, { cookie }: SessionData, ttlMs: number | undefined): Promise<void> {
    await this.sessions.update<SessionData>(id, (stored) => ({ ...stored, cookie }), { ttlMs });
    if (ttlMs === undefined) await this.sessions.touch(id);
  }

  private report(isServed: boolean): void {
    if (isServed === this.isServed) return;
    this.isServed = isServed;
    this.emit(isServed ? 'connect' : 'disconnect');
  }
}

/** A touch moves the end without rewriting the data, so the cookie's copy of it may be behind. Undefined: no cookie. */
function dataOf({ data, expiresAt }: StoredSession<SessionData>): SessionData | undefined {
  if (data.cookie?.expires) data.cookie.expires = new Date(expiresAt);
  return isHeaderCookie(data.cookie) ? data : undefined;
}
