import { RedisError } from '../errors/redis.error.js';
import type { SessionModuleOptions, SessionSettings } from './interfaces/session-options.interface.js';
import { memoryTier } from './memory-tier.js';
import { SESSION_DEFAULTS } from './session.constants.js';
import { TTL_RULE, isTtlMs } from './session-ttl.util.js';

type Rule = readonly [isGood: (value: unknown) => boolean, rule: string];

const TIER_METHODS = ['get', 'put', 'touch', 'forget', 'drain', 'confirm', 'markAllDirty'] as const;

const RULES: Readonly<Record<keyof SessionModuleOptions, Rule>> = {
  ttlMs: [isTtlMs, TTL_RULE],
  fallback: [isTierList, 'must be a list of session tiers with different names, such as [memoryTier()]'],
  required: [(value) => typeof value === 'boolean', 'must be true or false'],
  keyPrefix: [(value) => typeof value === 'string' && value.length > 0, 'must be a text that is not empty'],
  maxPayloadBytes: [(value) => Number.isSafeInteger(value) && Number(value) >= 2, 'must be an integer of at least 2'],
};

const STATIC_OPTIONS: readonly string[] = ['connection', 'isGlobal'];

/**
 * The options, validated as a whole, with defaults.
 *
 * @throws RedisError of kind `configuration` that names every fault
 *
 * @internal
 */
export function resolveSessionOptions(options: SessionModuleOptions): SessionSettings {
  const faults = faultsOf(options);
  if (faults.length > 0) {
    const message = `SessionModule: ${faults.join('; ')}.`;
    throw new RedisError({ kind: 'configuration', operation: 'SessionModule', message });
  }
  return {
    ttlMs: options.ttlMs ?? SESSION_DEFAULTS.ttlMs,
    fallback: options.fallback ?? [memoryTier()],
    required: options.required ?? true,
    keyPrefix: options.keyPrefix ?? SESSION_DEFAULTS.keyPrefix,
    maxPayloadBytes: options.maxPayloadBytes ?? SESSION_DEFAULTS.maxPayloadBytes,
  };
}

/** Values are not shown: one of them may be a credential in the wrong place. */
function faultsOf(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return ['the options must be an object'];
  return Object.entries(options).flatMap(([name, value]) => {
    if (STATIC_OPTIONS.includes(name)) return [`${name} is static: give it beside the factory, not in its result`];
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof SessionModuleOptions] : undefined;
    if (rule === undefined) return [`${name} is not an option`];
    const [isGood, text] = rule;
    return value === undefined || isGood(value) ? [] : [`${name} ${text}`];
  });
}

function isTierList(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isTier)) return false;
  return new Set(value.map((tier: { name: string }) => tier.name)).size === value.length;
}

function isTier(value: unknown): value is { name: string } {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return false;
  const tier = value as unknown as Record<string, unknown>;
  return value.name.length > 0 && TIER_METHODS.every((method) => typeof tier[method] === 'function');
}
