/** A cookie as the plugin keeps it, or as it was stored; as far as it can do harm. @internal */
export interface FastifyCookie {
  readonly path?: unknown;
  readonly domain?: unknown;
  readonly sameSite?: unknown;
  readonly expires?: unknown;
  readonly maxAge?: unknown;
  readonly originalMaxAge?: unknown;
}

const PATH = /^[ -:=-~]*$/;
const DOMAIN = /^\.?[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;
const SAME_SITE = /^(strict|lax|none)$/i;
const [FIRST_YEAR, LAST_YEAR] = [1601, 9999];

/**
 * Whether a header can be made of it. The plugin makes it in the callback of the store, where an exception is caught by
 * nobody and ends the process.
 *
 * @internal
 */
export function isHeaderCookie(cookie: FastifyCookie | null): boolean {
  if (typeof cookie !== 'object' || cookie === null) return false;
  const { path, domain, sameSite, expires } = cookie;
  const maxAge = cookie.originalMaxAge || cookie.maxAge;
  return (
    isAbsentOr(path, PATH)
    && isAbsentOr(domain, DOMAIN)
    && (sameSite === true || isAbsentOr(sameSite, SAME_SITE))
    && (!expires || isHeaderDate(expires))
    && (!maxAge || (typeof maxAge === 'number' && isHeaderDate(Date.now() + maxAge)))
  );
}

/** Whether it is the same but for the end, which moves with each request where the cookie has an age. @internal */
export function isSameCookie(stored: FastifyCookie | undefined, cookie: FastifyCookie): boolean {
  const passing = cookie.originalMaxAge ? ['expires', 'originalExpires'] : [];
  return attributesOf(stored, ...passing) === attributesOf(cookie, ...passing);
}

function attributesOf(cookie: unknown, ...passing: readonly string[]): string {
  return JSON.stringify(cookie, (name, value: unknown) => (passing.includes(name) ? undefined : value)) ?? '';
}

function isAbsentOr(value: unknown, form: RegExp): boolean {
  return !value || (typeof value === 'string' && form.test(value));
}

function isHeaderDate(value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && !(value instanceof Date)) return false;
  const year = new Date(value).getUTCFullYear();
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}
