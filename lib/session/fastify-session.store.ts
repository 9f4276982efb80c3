import type { SessionStore as FastifyStore } from '@fastify/session';
import { Inject, Injectable } from '@nestjs/common';
import { answer } from './answer-callback.js';
import { isHeaderCookie, isSameCookie } from './fastify-cookie.util.js';
import { ttlOfCookie } from './session-cookie.util.js';
import { serializationError } from './session.error.js';
import { SessionStore } from './session.store.js';

type FastifySession = Parameters<FastifyStore['set']>[1];

/**
 * The `store` of `@fastify/session`, on {@link SessionStore}.
 *
 * A session lives as long as its cookie (`expires`, else `originalMaxAge`), else as long as the module's `ttlMs`. What a
 * request did not change is lengthened and not written, so that a slow request takes no change of another back. Errors are
 * `RedisError`s, which reach the error handler, and never look like "no such session": an outage logs nobody out.
 *
 * @example
 * const store = app.get(FastifySessionStore);
 * await app.register(fastifyCookie);
 * await app.register(fastifySession, { store, secret, saveUninitialized: false });
 *
 * @publicApi
 */
@Injectable()
export class FastifySessionStore implements FastifyStore {
  constructor(@Inject(SessionStore) private readonly sessions: SessionStore) {}

  /** The session, its cookie's `expires` a Date, as the last request left it; `null` where there is none. */
  get(id: string, callback: (error: unknown, session?: FastifySession | null) => void): void {
    answer(this.find(id), callback);
  }

  /** Stores the session for as long as its cookie lives; one whose cookie has expired is destroyed. */
  set(id: string, data: FastifySession, callback?: (error?: unknown) => void): void {
    answer(this.save(id, data), callback);
  }

  /** Ends the session: a save that comes later does not bring it back, and is no error. */
  destroy(id: string, callback?: (error?: unknown) => void): void {
    answer(this.sessions.destroy(id), callback);
  }

  /** A cookie with an age ends when the session does; one with a date of its own says itself when. */
  private async find(id: string): Promise<FastifySession | null> {
    const stored = await this.sessions.getWithExpiry<FastifySession>(id);
    if (stored === undefined) return null;
    const { data, expiresAt } = stored;
    if (data.cookie === undefined) return data;
    if (data.cookie?.originalMaxAge && data.cookie.expires) data.cookie.expires = new Date(expiresAt);
    if (isHeaderCookie(data.cookie)) return data;
    throw serializationError('session.get', id, 'holds a cookie that cannot be set. Destroy it, or set it anew.');
  }

  private async save(id: string, data: FastifySession): Promise<void> {
    if (data.cookie !== undefined && !isHeaderCookie(data.cookie)) {
      throw serializationError('session.set', id, 'has a cookie that cannot be set: look at its path, domain and age.');
    }
    const ttlMs = ttlOfCookie(data.cookie);
    if (ttlMs !== undefined && ttlMs <= 0) return this.sessions.destroy(id);
    if (isUnchanged(data) && (await this.extend(id, data, ttlMs))) return;
    await this.sessions.set(id, data, { ttlMs });
  }

  /** False where there is no such session: it is a new one, or was destroyed. */
  private async extend(id: string, { cookie }: FastifySession, ttlMs: number | undefined): Promise<boolean> {
    const [stored, isThere] = await Promise.all([
      this.sessions.get<FastifySession>(id),
      this.sessions.touch(id, { ttlMs }),
    ]);
    if (stored === undefined || !isThere) return false;
    if (isSameCookie(stored.cookie, cookie)) return true;
    return (await this.sessions.update<FastifySession>(id, (now) => ({ ...now, cookie }), { ttlMs })) !== undefined;
  }
}

/** The plugin saves each session at the end of each request (`rolling`), also what it only read. */
function isUnchanged(data: FastifySession): boolean {
  return 'isModified' in data && typeof data.isModified === 'function' && data.isModified() === false;
}
