import { metrics, trace } from '@opentelemetry/api';
import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeFlag, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import { OTEL_DEFAULTS } from './otel.constants.js';
import type { OtelSettings, RedisOtelModuleOptions } from './otel-options.interface.js';

const RULES: OptionRules<RedisOtelModuleOptions> = {
  meterProvider: mustBe((value) => value === false || has(value, 'getMeter'), 'a MeterProvider, or false'),
  tracerProvider: mustBe((value) => value === false || has(value, 'getTracer'), 'a TracerProvider, or false'),
  driverSpans: mustBeFlag,
  connection: mustBe(isNames, 'the name of a connection, or a list of names'),
  timeoutMs: mustBeInteger(1, MAX_TIMER_MS),
};

/** The settings, or one error of kind `configuration` that names every option at fault. @internal */
export function validateOtelOptions(options: RedisOtelModuleOptions): OtelSettings {
  const faults = faultsOfOptions(options, RULES);
  if (faults.length > 0) {
    throw otelError(`RedisOtelModule cannot work with these options: ${faults.join('; ')}.`);
  }
  const { connection, driverSpans = OTEL_DEFAULTS.driverSpans, timeoutMs = OTEL_DEFAULTS.timeoutMs } = options;
  const { meterProvider = metrics.getMeterProvider(), tracerProvider = trace.getTracerProvider() } = options;
  return {
    meterProvider: meterProvider === false ? undefined : meterProvider,
    tracerProvider: tracerProvider === false ? undefined : tracerProvider,
    driverSpans,
    connections: connection === undefined ? undefined : [connection].flat(),
    timeoutMs,
  };
}

/** @internal */
export function otelError(message: string): RedisError {
  return new RedisError({ kind: 'configuration', operation: 'otel.configure', message });
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isName) : isName(value);
}

/** By its method: another copy of the SDK has classes of its own. */
function has(value: unknown, method: string): boolean {
  return typeof (value as Readonly<Record<string, unknown>> | null)?.[method] === 'function';
}
