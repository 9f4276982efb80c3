import type { EnvReader } from './env-reader.js';
import type { OptionReader } from './option-reader.js';

/** What says something of an address. The first is none of this package's, and is taken for one often. */
const VARIABLES = [
  'REDIS_HOST',
  'REDIS_USERNAME',
  'REDIS_PASSWORD',
  'REDIS_PASSWORD_FILE',
  'REDIS_DB',
  'REDIS_TLS',
  'REDIS_TLS_CA_FILE',
  'REDIS_TLS_CERT_FILE',
  'REDIS_TLS_KEY_FILE',
  'REDIS_TLS_SERVERNAME',
  'REDIS_CLUSTER',
];
const OPTIONS = ['username', 'password', 'db', 'tls', 'requireTls', 'cluster'];
const OFF = /^\s*(?:false|0|no|off)?\s*$/i;

/** The variables that are set for an address, where there is none. @internal */
export function idleVariables(env: EnvReader): string[] {
  return VARIABLES.filter((name) => !OFF.test(env.exact(name) ?? ''));
}

/** The options that are given for an address, where there is none. @internal */
export function idleOptions(options: OptionReader): string[] {
  return OPTIONS.filter((name) => options.has(name) && !OFF.test(String(options.raw(name))));
}

/** What to warn of where Redis is off and nobody said so: its settings are there, and it is off all the same. @internal */
export function idleWarnings(idle: readonly string[], disabledBy: string): string[] {
  const are = idle.length === 1 ? 'is' : 'are';
  return idle.length === 0 ? [] : [`${idle.join(', ')} ${are} set, but Redis is off: ${disabledBy}`];
}
