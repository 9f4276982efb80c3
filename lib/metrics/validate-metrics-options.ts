import { register } from 'prom-client';
import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import { METRICS_DEFAULTS } from './metrics.constants.js';
import type { MetricsSettings, RedisMetricsModuleOptions } from './metrics-options.interface.js';

const RULES: OptionRules<RedisMetricsModuleOptions> = {
  registry: mustBe(isRegistry, "a Registry of prom-client, such as its 'register'"),
  connection: mustBe(isNames, 'the name of a connection, or a list of names'),
  timeoutMs: mustBeInteger(1, MAX_TIMER_MS),
};

/** The settings, or one error of kind `configuration` that names every option at fault. @internal */
export function validateMetricsOptions(options: RedisMetricsModuleOptions): MetricsSettings {
  const faults = faultsOfOptions(options, RULES);
  if (faults.length > 0) {
    throw metricsError(`The Redis metrics cannot work with these options: ${faults.join('; ')}.`);
  }
  const { registry = register, connection, timeoutMs = METRICS_DEFAULTS.timeoutMs } = options;
  return { registry, connections: connection === undefined ? undefined : [connection].flat(), timeoutMs };
}

/** @internal */
export function metricsError(message: string): RedisError {
  return new RedisError({ kind: 'configuration', operation: 'metrics.configure', message });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isName) : isName(value);
}

/** By its methods: another copy of prom-client has a class of its own. */
function isRegistry(value: unknown): boolean {
  const methods = ['getSingleMetric', 'registerMetric', 'removeSingleMetric'] as const;
  const registry = value as Readonly<Record<string, unknown>> | null;
  return typeof registry === 'object' && methods.every((name) => typeof registry?.[name] === 'function');
}
