import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeFlag, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import { faultOfId } from './assert-id.js';
import type { ContextModuleOptions, ContextSettings } from './context-options.interface.js';
import { CONTEXT_DEFAULTS } from './context.constants.js';

const COUNTERS = ['auto', 'estimate', 'gpt-tokenizer', 'js-tiktoken'];

const RULES: OptionRules<ContextModuleOptions> = {
  maxMessages: mustBeInteger(1),
  maxTokens: mustBeInteger(1),
  countTokens: mustBe(
    (value) => typeof value === 'function' || COUNTERS.includes(String(value)),
    `a function or one of ${COUNTERS.join(', ')}`,
  ),
  ttlMs: mustBeInteger(1),
  idWindow: mustBeInteger(0, 4_096),
  required: mustBeFlag,
  tenant: (value) => faultOfId(value, '')?.trimStart(),
  loader: mustBe((value) => typeof value === 'function', 'a function'),
  loaderTimeoutMs: mustBeInteger(1, MAX_TIMER_MS),
  loadLeaseMs: mustBeInteger(0, MAX_TIMER_MS),
  onLoaderError: mustBe((value) => value === 'throw' || value === 'stale', "'throw' or 'stale'"),
  onUnavailable: mustBe((value) => value === 'miss' || value === 'throw', "'miss' or 'throw'"),
};

/** What is said of a name among the options, where it does not belong. */
const TOLD = { name: 'is static: give it to forFeature, beside the options, and not inside what a factory returns' };

/** The settings, or one error of kind `configuration` that names every option at fault. @internal */
export function validateContextOptions(options: unknown): ContextSettings {
  return settingsOf(options, undefined, []);
}

/** The same for a context that has to have a name. @internal */
export function validateNamedContext(name: string, options: unknown): ContextSettings {
  const fault = faultOfId(name, 'name');
  return fault === undefined ? settingsOf(options, name, []) : settingsOf(options, undefined, [fault]);
}

function settingsOf(options: unknown, name: string | undefined, found: readonly string[]): ContextSettings {
  const faults = [...found, ...faultsOfOptions(options, RULES, TOLD)];
  if (faults.length > 0) throw createError(name, faults);
  const given = options as ContextModuleOptions;
  return {
    name,
    maxMessages: given.maxMessages ?? CONTEXT_DEFAULTS.maxMessages,
    maxTokens: given.maxTokens,
    countTokens: given.countTokens ?? CONTEXT_DEFAULTS.countTokens,
    ttlMs: given.ttlMs ?? CONTEXT_DEFAULTS.ttlMs,
    idWindow: given.idWindow ?? CONTEXT_DEFAULTS.idWindow,
    required: given.required ?? CONTEXT_DEFAULTS.required,
    tenant: given.tenant,
    loader: given.loader,
    loaderTimeoutMs: given.loaderTimeoutMs ?? CONTEXT_DEFAULTS.loaderTimeoutMs,
    loadLeaseMs: given.loadLeaseMs ?? CONTEXT_DEFAULTS.loadLeaseMs,
    onLoaderError: given.onLoaderError ?? CONTEXT_DEFAULTS.onLoaderError,
    onUnavailable: given.onUnavailable ?? CONTEXT_DEFAULTS.onUnavailable,
  };
}

function createError(name: string | undefined, faults: readonly string[]): RedisError {
  const context = name === undefined ? '' : ` the context "${name}"`;
  return new RedisError({
    kind: 'configuration',
    operation: 'context.configure',
    message: `ContextModule cannot start${context} with these options: ${faults.join('; ')}.`,
  });
}
