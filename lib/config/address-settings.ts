import type { RedisEndpoint, RedisTlsSettings } from '../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../redis.constants.js';
import { isLocalEndpoint } from './is-local-endpoint.js';
import type { OptionReader } from './option-reader.js';
import { isHostName } from './parse-host.js';
import { parseRedisUrl } from './parse-redis-url.js';
import type { RedisUrl } from './parse-redis-url.js';
import { readTls } from './tls-settings.js';
import type { TlsChoice } from './tls-settings.js';

/** Where to connect, as whom, and how protected. @internal */
export interface AddressSettings {
  readonly endpoint: RedisEndpoint;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls?: RedisTlsSettings;
}

/** What `tls` and the URL's scheme contradict each other in, if they do. @internal */
export function schemeConflict(scheme: RedisUrl['scheme'] | undefined, tls: TlsChoice): string | undefined {
  if (scheme === undefined || tls === undefined) return undefined;
  if (scheme === 'rediss' && tls === false) return 'contradicts the scheme rediss:// of the URL, which means TLS';
  if (scheme === 'redis' && tls !== false) return 'asks for TLS, but the URL begins with redis://; use rediss://';
  return scheme === 'unix' && tls !== false ? 'asks for TLS, which a unix socket does not have' : undefined;
}

/** Reads address, login, database and TLS. `isUsed`: whether a connection will be made to it. @internal */
export function readAddress(options: OptionReader, isUsed: boolean): AddressSettings {
  const url = readUrl(options, isUsed);
  const host = readHost(options);
  const tls = resolveTls(options, url, readTls(options, isUsed));
  const db = options.integer('db', 0) ?? url?.db ?? 0;
  const endpoint = url?.endpoints[0] ?? host;
  if (isUsed) requireTls(options, endpoint, tls);
  return { endpoint, ...readLogin(options, url), db, ...(tls !== undefined && { tls }) };
}

function readUrl(options: OptionReader, isUsed: boolean): RedisUrl | undefined {
  const text = options.filledText('url');
  if (text === undefined) return undefined;
  const result = parseRedisUrl(text);
  if ('fault' in result) return options.fault('url', result.fault);
  if (isUsed && result.url.endpoints.length > 1) {
    options.fault('url', 'names several hosts, a cluster; this version serves a standalone server: give one host');
  }
  return result.url;
}

function readHost(options: OptionReader): RedisEndpoint {
  const host = options.filledText('host');
  const port = options.integer('port', 1, 65_535) ?? REDIS_DEFAULTS.port;
  const hasUrl = options.has('url');
  for (const name of ['host', 'port']) {
    if (hasUrl && options.has(name))
      options.fault(name, `contradicts ${options.faults.nameOf('url')}; give one of them`);
  }
  if (!hasUrl && options.has('port') && !options.has('host')) options.fault('port', 'needs host beside it');
  const bare = host?.replace(/^\[(.*)\]$/, '$1') ?? 'localhost';
  if (!isHostName(bare)) options.fault('host', 'must be a host name or an IP address, without scheme, port or login');
  return { host: bare, port };
}

function readLogin(options: OptionReader, url: RedisUrl | undefined): Pick<AddressSettings, 'username' | 'password'> {
  const username = options.text('username') ?? url?.username;
  const password = options.text('password') ?? url?.password;
  if (password !== undefined) return { ...(username !== undefined && { username }), password };
  const isBadPassword = options.has('password') && options.raw('password') !== '';
  // The drivers send no AUTH without a password, and would go on as the default user without a word.
  if (username !== undefined && username !== 'default' && !isBadPassword) {
    const from = options.has('username') && options.raw('username') !== '' ? 'username' : 'url';
    options.fault(from, 'names a user without a password; for a user of the kind nopass give any password');
  }
  return {};
}

function resolveTls(options: OptionReader, url: RedisUrl | undefined, tls: TlsChoice): RedisTlsSettings | undefined {
  const conflict = schemeConflict(url?.scheme, tls);
  if (conflict !== undefined) options.fault('tls', conflict);
  if (typeof tls === 'object') return tls;
  return tls === true || url?.scheme === 'rediss' ? {} : undefined;
}

function requireTls(options: OptionReader, endpoint: RedisEndpoint, tls: RedisTlsSettings | undefined): void {
  if (options.raw('requireTls') !== true || tls !== undefined || isLocalEndpoint(endpoint)) return;
  const host = 'host' in endpoint ? endpoint.host : '';
  options.fault('requireTls', `TLS is required, but ${host} would be reached without it; use rediss://`);
}
