import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import type { HealthCheckSettings, RedisHealthCheckOptions } from './health-options.interface.js';
import { DEFAULT_TIMEOUT_MS } from './health.constants.js';

const RULES: OptionRules<RedisHealthCheckOptions> = {
  connection: mustBe((value) => typeof value === 'string' && value !== '', 'the name of a connection'),
  timeoutMs: mustBeInteger(1, MAX_TIMER_MS),
  maxLatencyMs: mustBe((value) => typeof value === 'number' && value > 0 && value < Infinity, 'a number above 0'),
  maxMemoryRatio: mustBe(isShare, 'a number above 0 and at most 1'),
  maxReplicationLagBytes: mustBeInteger(0),
  maxReplicationLagSeconds: mustBeInteger(1),
  queues: mustBe((value) => Array.isArray(value) && value.every(isQueue), 'a list of queues, as BullMQ has them'),
  maxQueueBacklog: mustBeInteger(0),
  whenExceeded: mustBe((value) => value === 'degraded' || value === 'down', "'degraded' or 'down'"),
};

/** The settings of a check, or one error of kind `configuration` that names every option at fault. @internal */
export function validateHealthOptions(options: RedisHealthCheckOptions): HealthCheckSettings {
  const faults = faultsOfOptions(options, RULES);
  if (faults.length > 0) {
    const message = `The Redis health check cannot work with these options: ${faults.join('; ')}.`;
    throw new RedisError({ kind: 'configuration', operation: 'health.configure', message });
  }
  const { connection, timeoutMs = DEFAULT_TIMEOUT_MS, queues = [], whenExceeded = 'degraded' } = options;
  const { maxLatencyMs, maxMemoryRatio, maxReplicationLagBytes, maxReplicationLagSeconds, maxQueueBacklog } = options;
  const limits = { maxLatencyMs, maxMemoryRatio, maxReplicationLagBytes, maxReplicationLagSeconds, maxQueueBacklog };
  return { connection, timeoutMs, queues, whenExceeded, limits };
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}

function isQueue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, getJobCounts } = value as Record<string, unknown>;
  return typeof name === 'string' && name !== '' && typeof getJobCounts === 'function';
}
