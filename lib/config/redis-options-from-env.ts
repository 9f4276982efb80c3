import type { RedisModuleOptions } from '../interfaces/redis-options.interface.js';
import { definedOf } from './defined-of.js';
import { NO_ADDRESS_VARIABLE } from './enabled-settings.js';
import { markEnvOrigin } from './env-origin.js';
import { EnvReader } from './env-reader.js';
import { secretFromEnv } from './env-secret.js';
import { sentinelFromEnv } from './env-sentinel.js';
import { tlsFromEnv } from './env-tls.js';
import { FaultList } from './fault-list.js';
import { idleVariables } from './idle-settings.js';
import { parseRedisUrl } from './parse-redis-url.js';
import type { RedisUrl } from './parse-redis-url.js';
import { schemeConflict } from './scheme-conflict.js';

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
  'sentinel.nodes': 'REDIS_SENTINELS',
  'sentinel.name': 'REDIS_SENTINEL_NAME',
  'sentinel.username': 'REDIS_SENTINEL_USERNAME',
  'sentinel.password': 'REDIS_SENTINEL_PASSWORD',
  'sentinel.tls': 'REDIS_SENTINEL_TLS',
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
  if (enabled === false) return markEnvOrigin({ enabled }, { names: ENV_NAMES });
  const hasAddress = env.isSet('REDIS_URL') || env.isSet('REDIS_SENTINELS');
  const { url, scheme } = readUrl(env);
  const { sentinel, scheme: sentinelScheme } = sentinelFromEnv(env);
  const tls = withScheme(env, tlsFromEnv(env), { url: scheme, sentinels: sentinelScheme });
  const options = definedOf<RedisModuleOptions>({
    enabled,
    url,
    driver: env.oneOf('REDIS_DRIVER', ['auto', 'ioredis', 'node-redis']),
    username: env.text('REDIS_USERNAME'),
    password: secretFromEnv(env, 'REDIS_PASSWORD', 'REDIS_PASSWORD_FILE'),
    db: env.integer('REDIS_DB', 0),
    ...tls,
    sentinel,
    cluster: env.flag('REDIS_CLUSTER'),
    keyPrefix: env.exact('REDIS_KEY_PREFIX'),
    connectTimeoutMs: env.integer('REDIS_CONNECT_TIMEOUT_MS', 1),
    commandTimeoutMs: env.integer('REDIS_COMMAND_TIMEOUT_MS', 1),
    boot: env.oneOf('REDIS_BOOT', ['fail-fast', 'degrade']),
  });
  if (enabled === true && !hasAddress) env.fault('REDIS_ENABLED', `is true, but ${NO_ADDRESS_VARIABLE}`);
  faults.throwIfAny();
  return markEnvOrigin(options, { names: ENV_NAMES, idle: hasAddress ? [] : idleVariables(env) });
}

type TlsOptions = Pick<RedisModuleOptions, 'tls' | 'requireTls'>;
interface Schemes {
  readonly url: RedisUrl['scheme'] | undefined;
  readonly sentinels: RedisUrl['scheme'] | undefined;
}

/** The scheme of the sentinels is that of the server too; the URL keeps its own. */
function withScheme(env: EnvReader, options: TlsOptions, schemes: Schemes): TlsOptions {
  const conflict =
    schemeConflict(schemes.url, options.tls) ?? schemeConflict(schemes.sentinels, options.tls, 'REDIS_SENTINELS');
  if (conflict !== undefined) env.fault('REDIS_TLS', conflict);
  return schemes.sentinels === 'rediss' ? { tls: true, ...options } : options;
}

function readUrl(env: EnvReader): { url?: string; scheme?: RedisUrl['scheme'] } {
  const url = env.text('REDIS_URL');
  if (url === undefined) return {};
  const result = parseRedisUrl(url);
  if ('url' in result) return { url, scheme: result.url.scheme };
  env.fault('REDIS_URL', result.fault);
  return {};
}
