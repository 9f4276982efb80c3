import session from 'express-session';
import type { Cookie, SessionData } from 'express-session';
import { attributesOf } from './session-cookie.util.js';

/** The middleware computes `originalMaxAge` anew on each request, from two looks at the clock. */
const CLOCK_MS = 50;

/** How express-session makes a cookie of the stored one, and a header of that: where it throws, nobody may catch it. */
const HeaderCookie = session.Cookie as unknown as new (stored: Cookie) => {
  serialize(name: string, value: string): string;
};

/** Whether the middleware can send it. @internal */
export function isHeaderCookie(stored: Cookie | undefined): boolean {
  try {
    return typeof stored === 'object' && stored !== null && new HeaderCookie(stored).serialize('name', 'value') !== '';
  } catch {
    return false;
  }
}

interface LoadedCookie {
  readonly maxAge: number | null;
  readonly attributes: string;
}

/** The cookies that sessions were loaded with: the middleware does not tell when the application changes one. @internal */
export class LoadedCookies {
  private readonly cookies = new WeakMap<object, LoadedCookie>();

  remember(loaded: SessionData): void {
    this.cookies.set(loaded, lookAt(loaded.cookie));
  }

  /** Whether the application changed the cookie of a session that was loaded. */
  hasChanged(data: SessionData): boolean {
    const before = this.cookies.get(data);
    if (before === undefined) return false;
    const { maxAge, attributes } = lookAt(data.cookie);
    if (attributes !== before.attributes || (maxAge === null) !== (before.maxAge === null)) return true;
    return Math.abs(Number(maxAge) - Number(before.maxAge)) > CLOCK_MS;
  }
}

function lookAt(cookie: Cookie): LoadedCookie {
  const { originalMaxAge } = cookie;
  return {
    maxAge: typeof originalMaxAge === 'number' ? originalMaxAge : null,
    attributes: attributesOf(cookie, 'expires', 'originalMaxAge'),
  };
}
