import { SESSION_LIMITS } from './session.constants.js';

/** What a middleware's cookie says of the session's end. It comes from outside, and may be anything. @internal */
export interface SessionCookie {
  readonly expires?: unknown;
  readonly originalMaxAge?: unknown;
}

/** Milliseconds that the cookie has left, by `expires`, else `originalMaxAge`; undefined where it names no end. @internal */
export function ttlOfCookie(cookie: SessionCookie | null | undefined): number | undefined {
  const expires = cookie?.expires;
  const endsAt = typeof expires === 'string' || expires instanceof Date ? new Date(expires).getTime() : Number.NaN;
  const ttlMs = Number.isNaN(endsAt) ? cookie?.originalMaxAge : endsAt - Date.now();
  return Number.isFinite(ttlMs) ? Math.min(Math.ceil(Number(ttlMs)), SESSION_LIMITS.ttlMs) : undefined;
}
