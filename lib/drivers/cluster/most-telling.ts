import { classifyError } from '../../errors/classify-error.js';
import type { RedisErrorKind } from '../../errors/redis-error-kind.js';

/** From what most likely has to be mended to what is most likely somebody's absence. */
const BY_WEIGHT: readonly RedisErrorKind[] = [
  'configuration',
  'auth',
  'permission',
  'tls',
  'max-clients',
  'loading',
  'cluster',
  'dns',
  'connect-timeout',
  'refused',
  'connection-lost',
];

/** Of what several nodes met, the error that tells most: one that is down must not hide that the password is wrong. @internal */
export function mostTelling(errors: readonly unknown[]): unknown {
  const weighed = errors.map((error) => ({ error, weight: weightOf(error) }));
  return weighed.toSorted((one, other) => one.weight - other.weight)[0]?.error;
}

function weightOf(error: unknown): number {
  const found = classifyError(error);
  const weight = found === undefined || found.isGeneric === true ? -1 : BY_WEIGHT.indexOf(found.kind);
  return weight < 0 ? BY_WEIGHT.length : weight;
}
