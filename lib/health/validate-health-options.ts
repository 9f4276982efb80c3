import { RedisError } from '../errors/redis.error.js';
import type { HealthCheckSettings, RedisHealthCheckOptions } from './health-options.interface.js';
import { DEFAULT_TIMEOUT_MS } from './health.constants.js';

/** Longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const FAULTS: { readonly [option in keyof Required<RedisHealthCheckOptions>]: (value: unknown) => string | undefined } =
  {
    connection: (value) => (typeof value === 'string' && value !== '' ? undefined : 'must be the name of a connection'),
    timeoutMs: (value) => (isTimeout(value) ? undefined : `must be an integer from 1 to ${MAX_TIMER_MS}`),
    maxMemoryRatio: (value) => (isShare(value) ? undefined : 'must be a number above 0 and at most 1'),
  };

/** The settings of a check, or one error of kind `configuration` that names every option at fault. @internal */
export function validateHealthOptions(options: RedisHealthCheckOptions): HealthCheckSettings {
  const faults = Object.entries(options).flatMap(([option, value]) => faultsOf(option, value));
  if (faults.length > 0) {
    const message = `The Redis health check cannot work with these options: ${faults.join('; ')}.`;
    throw new RedisError({ kind: 'configuration', operation: 'health.configure', message });
  }
  const { connection, timeoutMs = DEFAULT_TIMEOUT_MS, maxMemoryRatio } = options;
  return { connection, timeoutMs, maxMemoryRatio };
}

function faultsOf(option: string, value: unknown): string[] {
  if (!Object.hasOwn(FAULTS, option)) return [`${option} is not an option`];
  if (value === undefined) return [];
  const fault = FAULTS[option as keyof RedisHealthCheckOptions](value);
  return fault === undefined ? [] : [`${option} ${fault}`];
}

function isTimeout(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_TIMER_MS;
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}
