import { readProperty } from '../errors/read-property.js';

const ENV_ORIGIN = Symbol.for('nestjs-redis-hub:env-origin');

/** Which variable each option came from, such as `{ 'tls.caFile': 'REDIS_TLS_CA_FILE' }`. @internal */
export type EnvNames = Readonly<Record<string, string>>;

/**
 * Notes on options where they came from, for messages. Not enumerable: a copy made by spreading has other options
 * beside these, which no variable may be blamed for.
 *
 * @internal
 */
export function markEnvOrigin<T extends object>(options: T, names: EnvNames): T {
  return Object.defineProperty(options, ENV_ORIGIN, { value: names });
}

/** The variables behind options; none for options written by hand. @internal */
export function envOriginOf(options: object): EnvNames {
  return (readProperty(options, ENV_ORIGIN) as EnvNames | undefined) ?? {};
}
