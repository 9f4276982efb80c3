import { readFileSync } from 'node:fs';
import { readText } from '../errors/read-property.js';
import type { RedisModuleOptions, RedisSentinelOptions } from '../interfaces/redis-options.interface.js';
import { schemeConflict } from './address-settings.js';
import { definedOf } from './defined-of.js';
import { markEnvOrigin } from './env-origin.js';
import { EnvReader } from './env-reader.js';
import { tlsFromEnv } from './env-tls.js';
import { FaultList } from './fault-list.js';
import { parseHost } from './parse-host.js';
import { parseRedisUrl } from './parse-redis-url.js';
import type { RedisUrl } from './parse-redis-url.js';

const SENTINEL_PORT = 26_379;

const ENV_NAMES = {
  enabled: 'REDIS_ENABLED',
  url: 'REDIS_URL',
  driver: 'REDIS_DRIVER',
  username: 'REDIS_USERNAME',
  password: 'REDIS_PASSWORD',
  db: 'REDIS_DB',
  tls: 'REDIS_TLS',
  'tls.caFile': 'REDIS_TLS_CA_FILE',
  'tls.certFile': 'REDIS_TLS_CERT_FILE',
  'tls.keyFile': 'REDIS_TLS_KEY_FILE',
  'tls.servername': 'REDIS_TLS_SERVERNAME',
  requireTls: 'REDIS_TLS',
  sentinel: 'REDIS_SENTINELS',
  cluster: 'REDIS_CLUSTER',
  keyPrefix: 'REDIS_KEY_PREFIX',
  connectTimeoutMs: 'REDIS_CONNECT_TIMEOUT_MS',
  commandTimeoutMs: 'REDIS_COMMAND_TIMEOUT_MS',
  boot: 'REDIS_BOOT',
} as const;

/**
 * The options that the `REDIS_` variables describe, for `forRoot` or a factory of `forRootAsync`. Give it a lookup,
 * such as `(name) => config.get(name)`, or an object; an empty variable counts as unset.
 *
 * Throws one `RedisError` of kind `configuration` that lists every fault by the variable's name and shows no secret.
 *
 * @publicApi
 */
export function redisOptionsFromEnv(
  read: ((name: string) => string | undefined) | NodeJS.ProcessEnv = process.env,
): RedisModuleOptions {
  const faults = new FaultList();
  const env = new EnvReader(read, faults);
  const enabled = env.flag('REDIS_ENABLED');
  // The switch for the night when the URL is what is wrong.
  if (enabled === false) return markEnvOrigin({ enabled }, ENV_NAMES);
  const hasAddress = env.text('REDIS_URL') !== undefined || env.text('REDIS_SENTINELS') !== undefined;
  const { url, scheme } = readUrl(env);
  const tls = tlsFromEnv(env);
  const options = definedOf<RedisModuleOptions>({
    enabled,
    url,
    driver: env.oneOf('REDIS_DRIVER', ['auto', 'ioredis', 'node-redis']),
    username: env.text('REDIS_USERNAME'),
    password: readPassword(env),
    db: env.integer('REDIS_DB', 0),
    ...tls,
    sentinel: readSentinel(env),
    cluster: env.flag('REDIS_CLUSTER'),
    keyPrefix: env.exact('REDIS_KEY_PREFIX'),
    connectTimeoutMs: env.integer('REDIS_CONNECT_TIMEOUT_MS', 1),
    commandTimeoutMs: env.integer('REDIS_COMMAND_TIMEOUT_MS', 1),
    boot: env.oneOf('REDIS_BOOT', ['fail-fast', 'degrade']),
  });
  const conflict = schemeConflict(scheme, tls.tls === undefined || typeof tls.tls === 'boolean' ? tls.tls : {});
  if (conflict !== undefined) env.fault('REDIS_TLS', conflict);
  if (enabled === true && !hasAddress) env.fault('REDIS_ENABLED', 'is true, but no REDIS_URL is set');
  faults.throwIfAny();
  return markEnvOrigin(options, ENV_NAMES);
}

function readUrl(env: EnvReader): { url?: string; scheme?: RedisUrl['scheme'] } {
  const url = env.text('REDIS_URL');
  if (url === undefined) return {};
  const result = parseRedisUrl(url);
  if ('url' in result) return { url, scheme: result.url.scheme };
  env.fault('REDIS_URL', result.fault);
  return {};
}

function readPassword(env: EnvReader): string | undefined {
  const password = env.exact('REDIS_PASSWORD');
  const file = env.text('REDIS_PASSWORD_FILE');
  if (file === undefined) return password;
  if (password !== undefined)
    return env.fault('REDIS_PASSWORD_FILE', 'is set beside REDIS_PASSWORD; unset one of them');
  return readPasswordFile(env, file);
}

function readPasswordFile(env: EnvReader, file: string): string | undefined {
  try {
    const password = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return password === '' ? env.fault('REDIS_PASSWORD_FILE', `${JSON.stringify(file)} is empty`) : password;
  } catch (error) {
    const reason = readText(error, 'code') ?? 'unknown reason';
    return env.fault('REDIS_PASSWORD_FILE', `cannot read ${JSON.stringify(file)} (${reason})`);
  }
}

function readSentinel(env: EnvReader): RedisSentinelOptions | undefined {
  const list = env.text('REDIS_SENTINELS');
  const name = env.text('REDIS_SENTINEL_NAME');
  if (list === undefined) {
    return name === undefined ? undefined : env.fault('REDIS_SENTINEL_NAME', 'is set without REDIS_SENTINELS');
  }
  const hosts = list.split(',').map((host) => parseHost(host.trim(), SENTINEL_PORT));
  const bad = hosts.find((host) => 'fault' in host);
  if (bad !== undefined && 'fault' in bad) {
    return env.fault('REDIS_SENTINELS', `must be a list such as host:26379,other:26379; one ${bad.fault}`);
  }
  if (name === undefined) return env.fault('REDIS_SENTINELS', 'needs REDIS_SENTINEL_NAME beside it');
  return { name, nodes: hosts.filter((host) => 'host' in host) };
}
