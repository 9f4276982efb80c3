import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import type { HealthCheckSettings, RedisHealthCheckOptions } from './health-options.interface.js';
import { DEFAULT_TIMEOUT_MS } from './health.constants.js';

const RULES: OptionRules<RedisHealthCheckOptions> = {
  connection: mustBe((value) => typeof value === 'string' && value !== '', 'the name of a connection'),
  timeoutMs: mustBeInteger(1, MAX_TIMER_MS),
  maxMemoryRatio: mustBe(isShare, 'a number above 0 and at most 1'),
};

/** The settings of a check, or one error of kind `configuration` that names every option at fault. @internal */
export function validateHealthOptions(options: RedisHealthCheckOptions): HealthCheckSettings {
  const faults = faultsOfOptions(options, RULES);
  if (faults.length > 0) {
    const message = `The Redis health check cannot work with these options: ${faults.join('; ')}.`;
    throw new RedisError({ kind: 'configuration', operation: 'health.configure', message });
  }
  const { connection, timeoutMs = DEFAULT_TIMEOUT_MS, maxMemoryRatio } = options;
  return { connection, timeoutMs, maxMemoryRatio };
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}
