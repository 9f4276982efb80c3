import type { RedisEndpoint, RedisSettings, RedisTlsSettings } from '../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../redis.constants.js';
import { readLogin } from './login-settings.js';
import { readHostName } from './node-list.js';
import type { OptionReader } from './option-reader.js';
import { parseRedisUrl } from './parse-redis-url.js';
import type { RedisUrl } from './parse-redis-url.js';
import { plainTextHosts } from './plain-text.js';
import { schemeConflict } from './scheme-conflict.js';
import { readTls } from './tls-settings.js';
import type { TlsChoice } from './tls-settings.js';
import { readCluster, readSentinel } from './topology-settings.js';

/** Where to connect, as whom, and how protected. @internal */
export type AddressSettings = Pick<
  RedisSettings,
  'endpoint' | 'sentinel' | 'cluster' | 'username' | 'password' | 'db' | 'tls'
>;

/** Reads address, topology, login, database and TLS. `isUsed`: whether a connection will be made to it. @internal */
export function readAddress(options: OptionReader, isUsed: boolean): AddressSettings {
  const url = readUrl(options);
  const host = readHost(options);
  const tls = resolveTls(options, url, readTls(options, isUsed));
  const sentinel = readSentinel(options, tls, isUsed);
  const cluster = readCluster(options, url?.endpoints ?? [host]);
  const db = readDb(options, url, cluster !== undefined);
  const endpoint = sentinel?.nodes[0] ?? cluster?.[0] ?? url?.endpoints[0] ?? host;
  const address = {
    endpoint,
    ...(sentinel !== undefined && { sentinel }),
    ...(cluster !== undefined && { cluster }),
    ...readLogin(options, url),
    db,
    ...(tls !== undefined && { tls }),
  };
  if (isUsed) requireTls(options, address);
  return address;
}

function readUrl(options: OptionReader): RedisUrl | undefined {
  const text = options.filledText('url');
  if (text === undefined) return undefined;
  const result = parseRedisUrl(text);
  return 'fault' in result ? options.fault('url', result.fault) : result.url;
}

function readHost(options: OptionReader): RedisEndpoint {
  const host = readHostName(options);
  const port = options.integer('port', 1, 65_535) ?? REDIS_DEFAULTS.port;
  const hasUrl = options.has('url');
  for (const name of ['host', 'port']) {
    if (hasUrl && options.has(name))
      options.fault(name, `contradicts ${options.faults.nameOf('url')}; give one of them`);
  }
  if (!hasUrl && options.has('port') && !options.has('host')) options.fault('port', 'needs host beside it');
  return { host: host ?? 'localhost', port };
}

function readDb(options: OptionReader, url: RedisUrl | undefined, isCluster: boolean): number {
  const own = options.integer('db', 0);
  const db = own ?? url?.db ?? 0;
  if (isCluster && db !== 0) {
    options.fault(own === undefined ? 'url' : 'db', `names database ${db}, but a cluster has only database 0`);
  }
  return db;
}

function resolveTls(options: OptionReader, url: RedisUrl | undefined, tls: TlsChoice): RedisTlsSettings | undefined {
  const conflict = schemeConflict(url?.scheme, tls);
  if (conflict !== undefined) options.fault('tls', conflict);
  if (typeof tls === 'object') return tls;
  return tls === true || url?.scheme === 'rediss' ? {} : undefined;
}

function requireTls(options: OptionReader, address: AddressSettings): void {
  const hosts = options.raw('requireTls') === true ? plainTextHosts(address).join(', ') : '';
  if (hosts === '') return;
  options.fault('requireTls', `TLS is required, but ${hosts} would be reached without it; use rediss://`);
}
