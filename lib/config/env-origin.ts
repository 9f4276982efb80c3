import { readProperty } from '../errors/read-property.js';

const ENV_ORIGIN = Symbol.for('nestjs-redis-hub:env-origin');

/** Which variable each option came from, such as `{ 'tls.caFile': 'REDIS_TLS_CA_FILE' }`. @internal */
export type EnvNames = Readonly<Record<string, string>>;

/** @internal */
export interface EnvOrigin {
  readonly names: EnvNames;
  /** Variables that are set for an address, where there is none. */
  readonly idle?: readonly string[];
}

/**
 * Notes on options where they came from, for messages. Not enumerable: a copy made by spreading has other options
 * beside these, which no variable may be blamed for.
 *
 * @internal
 */
export function markEnvOrigin<T extends object>(options: T, origin: EnvOrigin): T {
  return Object.defineProperty(options, ENV_ORIGIN, { value: origin });
}

/** The variables behind options; none for options written by hand. @internal */
export function envOriginOf(options: object): EnvOrigin {
  return (readProperty(options, ENV_ORIGIN) as EnvOrigin | undefined) ?? { names: {} };
}
