import { RedisError } from '../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeFlag, mustBeInteger } from '../utils/option-faults.js';
import type { OptionRules } from '../utils/option-faults.js';
import type { SessionModuleOptions, SessionSettings } from './interfaces/session-options.interface.js';
import { memoryTier } from './memory-tier.factory.js';
import { JSON_SERIALIZER } from './session.codec.js';
import { SESSION_DEFAULTS, SESSION_LIMITS } from './session.constants.js';
import { TTL_RANGE, isTtlMs } from './session-ttl.util.js';

const TIER_METHODS = ['get', 'put', 'touch', 'forget', 'drain', 'confirm', 'markAllDirty'] as const;

const RULES: OptionRules<SessionModuleOptions> = {
  ttlMs: mustBe(isTtlMs, TTL_RANGE),
  fallback: mustBe(isTierList, 'a list of session tiers with different names, such as [memoryTier()]'),
  required: mustBeFlag,
  keyPrefix: mustBe((value) => typeof value === 'string' && value.length > 0, 'a text that is not empty'),
  maxPayloadBytes: mustBeInteger(2),
  touchAfterMs: mustBeInteger(0, SESSION_LIMITS.ttlMs),
  userOf: mustBe((value) => typeof value === 'function', 'a function that gives the user of a session'),
  serializer: mustBe(isSerializer, 'an object with the functions stringify and parse'),
};

const STATIC = 'is static: give it beside the factory, not in its result';
const STATIC_OPTIONS = { connection: STATIC, isGlobal: STATIC };

/**
 * The options, validated as a whole, with defaults.
 *
 * @throws RedisError of kind `configuration` that names every fault
 *
 * @internal
 */
export function validateSessionOptions(options: SessionModuleOptions): SessionSettings {
  const faults = faultsOfOptions(options, RULES, STATIC_OPTIONS);
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
    touchAfterMs: options.touchAfterMs ?? SESSION_DEFAULTS.touchAfterMs,
    serializer: options.serializer ?? JSON_SERIALIZER,
    ...(options.userOf !== undefined && { userOf: options.userOf }),
  };
}

function isSerializer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { stringify, parse } = value as Record<string, unknown>;
  return typeof stringify === 'function' && typeof parse === 'function';
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
