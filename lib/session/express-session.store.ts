import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import session from 'express-session';
import type { Cookie, SessionData } from 'express-session';
import { distinctUntilChanged, map } from 'rxjs';
import type { Subscription } from 'rxjs';
import { SESSION_LIMITS } from './session.constants.js';
import { serializationError } from './session.error.js';
import { SessionStore } from './session.store.js';

type Callback<T> = (error: unknown, result?: T) => void;

/**
 * The `store` of express-session, on {@link SessionStore}.
 *
 * A session lives as long as its cookie (`expires`, else `originalMaxAge`), else as long as the module's `ttlMs`.
 * `disconnect` is emitted when no tier can answer, after which the middleware skips sessions, and `connect` when one can.
 *
 * @example
 * app.use(session({ store: app.get(ExpressSessionStore), secret, resave: false, saveUninitialized: false }));
 *
 * @publicApi
 */
@Injectable()
export class ExpressSessionStore extends session.Store implements OnApplicationShutdown {
  private readonly subscription: Subscription;
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

  /** The session, its cookie's `expires` a Date; `null` where there is none. */
  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    answer(this.find(id), callback);
  }

  /** Stores the session for as long as its cookie lives; one whose cookie has expired is destroyed. */
  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    answer(this.save(id, data), callback);
  }

  /** Ends the session: a save that comes later does not bring it back. */
  override destroy(id: string, callback?: (error?: unknown) => void): void {
    answer(this.sessions.destroy(id), callback);
  }

  /** Lengthens the session's life to that of its cookie. */
  override touch(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    answer(this.extend(id, data), callback);
  }

  /** @internal */
  onApplicationShutdown(): void {
    this.subscription.unsubscribe();
  }

  /** A touch moves the expiry without rewriting the data, so the cookie's copy of it may be behind. */
  private async find(id: string): Promise<SessionData | null> {
    const stored = await this.sessions.getWithExpiry<SessionData>(id);
    if (stored === undefined) return null;
    const { data, expiresAt } = stored;
    if (data.cookie?.expires) data.cookie.expires = new Date(expiresAt);
    if (!isCookie(data.cookie)) {
      throw serializationError('session.get', id, 'holds a cookie that cannot be set. Destroy it, or set it anew.');
    }
    return data;
  }

  private async save(id: string, data: SessionData): Promise<void> {
    const ttlMs = ttlOf(data.cookie);
    if (ttlMs !== undefined && ttlMs <= 0) await this.sessions.destroy(id);
    else await this.sessions.set(id, data, { ttlMs });
  }

  private async extend(id: string, data: SessionData): Promise<void> {
    const ttlMs = ttlOf(data.cookie);
    if (ttlMs === undefined || ttlMs > 0) await this.sessions.touch(id, { ttlMs });
  }

  private report(isServed: boolean): void {
    if (isServed === this.isServed) return;
    this.isServed = isServed;
    this.emit(isServed ? 'connect' : 'disconnect');
  }
}

/** How express-session makes a cookie of the stored one, and a header of that: where it throws, nobody may catch it. */
const HeaderCookie = session.Cookie as unknown as new (stored: Cookie) => {
  serialize(name: string, value: string): string;
};

function isCookie(stored: Cookie | undefined): boolean {
  try {
    return typeof stored === 'object' && stored !== null && new HeaderCookie(stored).serialize('name', 'value') !== '';
  } catch {
    return false;
  }
}

/** Milliseconds that the cookie has left; undefined where it names no end. */
function ttlOf(cookie: Cookie | undefined): number | undefined {
  const expires: unknown = cookie?.expires;
  const endsAt = typeof expires === 'string' || expires instanceof Date ? new Date(expires).getTime() : Number.NaN;
  const ttlMs = Number.isNaN(endsAt) ? cookie?.originalMaxAge : endsAt - Date.now();
  return Number.isFinite(ttlMs) ? Math.min(Math.ceil(Number(ttlMs)), SESSION_LIMITS.ttlMs) : undefined;
}

/** Outside the promise: an exception of the callback is an uncaught one, as from any callback, and not a second call. */
function answer<T>(result: Promise<T>, callback: Callback<T> = () => undefined): void {
  result.then(
    (value) => process.nextTick(callback, null, value),
    (error: unknown) => process.nextTick(callback, error),
  );
}
