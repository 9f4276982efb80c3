import session from 'express-session';
import type { Cookie, SessionData } from 'express-session';

/** The middleware computes `originalMaxAge` anew on each request, from two looks at the clock. */
const CLOCK_MS = 50;

/** How express-session makes a cookie of the stored one, and a header of that: where it throws, nobody may catch it. */
const HeaderCookie = session.Cookie as unknown as new (stored: Cookie) => {
  serialize(name: string, value: string): string;
};

/** Whether the middleware can send it. @internal */
export function isHeaderCookie(stored: Cookie | undefined): boolean {
  if (typeof stored !== 'object' || stored === null) return false;
  if (Object.entries(stored).every(isUsual)) return true;
  try {
    return new HeaderCookie(stored).serialize('name', 'value') !== '';
  } catch {
    return false;
  }
}

/** A field as most cookies have it: a cookie of such fields can be sent, and need not be tried for each read. */
function isUsual([name, value]: [string, unknown]): boolean {
  if (name === 'path') return value === '/';
  if (name === 'httpOnly' || name === 'secure') return typeof value === 'boolean';
  if (name === 'sameSite') return value === 'lax' || value === 'strict' || value === 'none' || value === false;
  if (name === 'originalMaxAge') return value === null || typeof value === 'number';
  return name === 'expires' && (value === null || (value instanceof Date && !Number.isNaN(value.getTime())));
}

/** All that a cookie says beside its end. */
const ATTRIBUTES = ['path', 'domain', 'secure', 'httpOnly', 'sameSite', 'priority', 'partitioned'] as const;

interface LoadedCookie {
  readonly maxAge: number | null;
  readonly attributes: readonly unknown[];
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
    const isSame = attributes.every((value, at) => value === before.attributes[at]);
    if (!isSame || (maxAge === null) !== (before.maxAge === null)) return true;
    return Math.abs(Number(maxAge) - Number(before.maxAge)) > CLOCK_MS;
  }
}

function lookAt(cookie: Cookie): LoadedCookie {
  const { originalMaxAge } = cookie;
  return {
    maxAge: typeof originalMaxAge === 'number' ? originalMaxAge : null,
    attributes: ATTRIBUTES.map((name): unknown => Reflect.get(cookie, name)),
  };
}
