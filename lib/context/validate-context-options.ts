import { RedisError } from '../errors/redis.error.js';
import { faultOfId } from './assert-id.js';
import type { ContextModuleOptions, ContextSettings } from './context-options.interface.js';
import { CONTEXT_DEFAULTS } from './context.constants.js';

/** Longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type FaultOf = (value: unknown) => string | undefined;

const FAULTS: { readonly [option in keyof Required<ContextModuleOptions>]: FaultOf } = {
  maxMessages: integer(1),
  ttlMs: integer(1),
  idWindow: integer(0, 4_096),
  required: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  tenant: (value) => faultOfId(value, '')?.trimStart(),
  loader: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
  loaderTimeoutMs: integer(1, MAX_TIMER_MS),
  onUnavailable: (value) => (value === 'miss' || value === 'throw' ? undefined : "must be 'miss' or 'throw'"),
};

/** The settings, or one error of kind `configuration` that names every option at fault. @internal */
export function validateContextOptions(options: unknown): ContextSettings {
  if (typeof options !== 'object' || options === null) throw createError(['the options must be an object']);
  const faults = Object.entries(options).flatMap(([option, value]) => faultsOf(option, value));
  if (faults.length > 0) throw createError(faults);
  const given = options as ContextModuleOptions;
  return {
    maxMessages: given.maxMessages ?? CONTEXT_DEFAULTS.maxMessages,
    ttlMs: given.ttlMs ?? CONTEXT_DEFAULTS.ttlMs,
    idWindow: given.idWindow ?? CONTEXT_DEFAULTS.idWindow,
    required: given.required ?? CONTEXT_DEFAULTS.required,
    tenant: given.tenant,
    loader: given.loader,
    loaderTimeoutMs: given.loaderTimeoutMs ?? CONTEXT_DEFAULTS.loaderTimeoutMs,
    onUnavailable: given.onUnavailable ?? CONTEXT_DEFAULTS.onUnavailable,
  };
}

function faultsOf(option: string, value: unknown): string[] {
  if (!Object.hasOwn(FAULTS, option)) return [`${option} is not an option`];
  if (value === undefined) return [];
  const fault = FAULTS[option as keyof ContextModuleOptions](value);
  return fault === undefined ? [] : [`${option} ${fault}`];
}

function integer(least: number, most = Number.MAX_SAFE_INTEGER): FaultOf {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be an integer ${range}`;
}

function createError(faults: readonly string[]): RedisError {
  return new RedisError({
    kind: 'configuration',
    operation: 'context.configure',
    message: `ContextModule cannot start with these options: ${faults.join('; ')}.`,
  });
}
