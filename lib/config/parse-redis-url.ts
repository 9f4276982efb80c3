import type { RedisEndpoint } from '../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../redis.constants.js';
import { parseHost } from './parse-host.js';
import { isQuoted, QUOTED } from './quoted.js';

/** What a Redis URL says. @internal */
export interface RedisUrl {
  readonly scheme: 'redis' | 'rediss' | 'unix';
  /** Where to connect; more than one for a cluster. */
  readonly endpoints: readonly [RedisEndpoint, ...RedisEndpoint[]];
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
}

/** The URL's content, or what is wrong with it in words that show nothing of it. @internal */
export type RedisUrlResult = { readonly url: RedisUrl } | { readonly fault: string };

type Part<T> = T | { readonly fault: string };

const ENCODE_HINT = 'special characters in user and password must be percent-encoded';

/**
 * Reads `redis://`, `rediss://` and `unix://` URLs. Written by hand: the exceptions of Node's parser quote the URL,
 * password and all.
 *
 * @internal
 */
export function parseRedisUrl(text: string): RedisUrlResult {
  if (isQuoted(text.trim())) return { fault: QUOTED };
  const match = /^(rediss?|unix):\/\/(.*)$/is.exec(text.trim());
  if (match === null) return { fault: 'must begin with redis://, rediss:// or unix://' };
  const scheme = match[1]?.toLowerCase() as RedisUrl['scheme'];
  const rest = match[2] ?? '';
  // A cluster may also be given as a list of whole URLs.
  const [first = '', ...others] = rest.split(/\s*,\s*(?=rediss?:\/\/)/i);
  const parsed = scheme === 'unix' ? parseSocket(rest) : parseNetwork(scheme, first);
  if ('fault' in parsed || others.length === 0 || scheme === 'unix') return parsed;
  return withOthers(parsed.url, others);
}

function withOthers(url: RedisUrl, others: readonly string[]): RedisUrlResult {
  const endpoints: RedisEndpoint[] = [];
  for (const other of others) {
    const parsed = parseRedisUrl(other);
    if ('fault' in parsed) return parsed;
    const fault = contradiction(url, parsed.url);
    if (fault !== undefined) return { fault };
    endpoints.push(...parsed.url.endpoints);
  }
  return { url: { ...url, endpoints: [...url.endpoints, ...endpoints] } };
}

// The servers of a cluster have all one scheme, one login and one database.
function contradiction(url: RedisUrl, other: RedisUrl): string | undefined {
  if (other.scheme !== url.scheme) return 'mixes redis:// and rediss://; give all hosts the same scheme';
  for (const name of ['username', 'password', 'db'] as const) {
    if (other[name] !== undefined && other[name] !== url[name])
      return `has another ${name === 'db' ? 'database' : 'login'} for a later host; give one, with the first`;
  }
  return undefined;
}

function parseNetwork(scheme: 'redis' | 'rediss', rest: string): RedisUrlResult {
  const [, authority = '', path = '', query, fragment] = /^([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(rest) ?? [];
  if (fragment !== undefined || (path + (query ?? '')).includes('@'))
    return { fault: `cannot be read; ${ENCODE_HINT}` };
  const login = parseLogin(authority);
  if ('fault' in login) return login;
  const { hosts, ...credentials } = login;
  const endpoints = parseHosts(hosts);
  if ('fault' in endpoints) return endpoints;
  const db = parseDb(path, query);
  if ('fault' in db) return db;
  return { url: { scheme, endpoints, ...credentials, ...db } };
}

function parseSocket(rest: string): RedisUrlResult {
  const match = /^([^/?#]*@)?(\/[^?#]+)(?:\?([^#]*))?$/s.exec(rest);
  if (match === null) return { fault: `must look like unix:///path/of/the/socket?db=0; ${ENCODE_HINT}` };
  const login = parseLogin(match[1] ?? '');
  if ('fault' in login) return login;
  const { hosts: _hosts, ...credentials } = login;
  const path = decode(match[2] ?? '');
  const db = parseDb('', match[3]);
  if ('fault' in db) return db;
  if (path === undefined) return { fault: 'has a path with a malformed %-escape' };
  return { url: { scheme: 'unix', endpoints: [{ path }], ...credentials, ...db } };
}

type Login = { readonly hosts: string; readonly username?: string; readonly password?: string };

function parseLogin(authority: string): Part<Login> {
  const at = authority.lastIndexOf('@');
  if (at < 0) return { hosts: authority };
  const login = authority.slice(0, at);
  const hosts = authority.slice(at + 1);
  // `user:password@a,user:password@b`: a login for each node, rather than one password with an @ and a comma.
  if (/@[^@]*,/.test(login)) return { fault: `repeats the login for each host; give it once, and ${ENCODE_HINT}` };
  const colon = login.indexOf(':');
  const username = decode(colon < 0 ? login : login.slice(0, colon));
  const password = colon < 0 ? '' : decode(login.slice(colon + 1));
  if (username === undefined || password === undefined) {
    return { fault: 'has a user or password with a malformed %-escape; write a percent sign as %25' };
  }
  return { hosts, ...(username !== '' && { username }), ...(password !== '' && { password }) };
}

function parseHosts(hosts: string): Part<RedisUrl['endpoints']> {
  const endpoints: RedisEndpoint[] = [];
  for (const host of hosts.split(/\s*,\s*/)) {
    const endpoint = parseHost(host, REDIS_DEFAULTS.port);
    if ('fault' in endpoint) return endpoint;
    endpoints.push(endpoint);
  }
  const [first, ...others] = endpoints;
  return first === undefined ? { fault: 'has no host' } : [first, ...others];
}

function parseDb(path: string, query: string | undefined): Part<{ db?: number }> {
  const inPath = path.replace(/^\//, '');
  const parameters = [...new URLSearchParams(query ?? '')];
  if (parameters.some(([name]) => name !== 'db')) return { fault: 'has a query parameter other than db' };
  const given = [...(inPath === '' ? [] : [inPath]), ...parameters.map(([, value]) => value)];
  const [db] = given;
  if (db === undefined) return {};
  if (given.some((other) => other !== db)) return { fault: 'names two databases' };
  return /^\d{1,9}$/.test(db) ? { db: Number(db) } : { fault: 'has a database that is not a number of at least 0' };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
