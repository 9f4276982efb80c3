import type { RedisModuleOptions, RedisTlsOptions } from '../interfaces/redis-options.interface.js';
import { definedOf } from './defined-of.js';
import type { EnvReader } from './env-reader.js';

/** Reads `REDIS_TLS` and the variables beside it. @internal */
export function tlsFromEnv(env: EnvReader): Pick<RedisModuleOptions, 'tls' | 'requireTls'> {
  const isRequired = env.text('REDIS_TLS')?.toLowerCase() === 'required';
  const isOn = env.flag('REDIS_TLS', 'required');
  const settings = definedOf<RedisTlsOptions>({
    caFile: env.text('REDIS_TLS_CA_FILE'),
    certFile: env.text('REDIS_TLS_CERT_FILE'),
    keyFile: env.text('REDIS_TLS_KEY_FILE'),
    servername: env.text('REDIS_TLS_SERVERNAME'),
  });
  const hasSettings = Object.keys(settings).length > 0;
  if (isOn === false && hasSettings)
    env.fault('REDIS_TLS', 'is false, but REDIS_TLS_ settings are given; unset one of them');
  const tls = hasSettings ? settings : isOn;
  return definedOf<Pick<RedisModuleOptions, 'tls' | 'requireTls'>>({ tls, requireTls: isRequired ? true : undefined });
}
