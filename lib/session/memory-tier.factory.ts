import { assertInteger } from '../utils/assert-argument.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import { MemoryTier } from './memory.tier.js';
import type { MemoryTierStats } from './memory.tier.js';
import { SESSION_DEFAULTS } from './session.constants.js';

/**
 * Bounds of a memory tier.
 *
 * @publicApi
 */
export interface MemoryTierOptions {
  /**
   * The most sessions held, tombstones included. Past it the least recently used are dropped, but never a change that
   * Redis has not confirmed: where only such are left, further changes are refused while Redis is out.
   *
   * @default 10000
   */
  readonly maxSessions?: number;
}

/**
 * A memory tier, with its counters.
 *
 * @publicApi
 */
export interface MemorySessionTier extends SessionTier {
  /** Counters, read when asked. */
  readonly stats: MemoryTierStats;
}

/**
 * Sessions in this process' memory: written through while Redis is well, answering while it is not. It ends with the
 * process, and other nodes do not see it.
 *
 * @example
 * SessionModule.forRoot({ fallback: [memoryTier({ maxSessions: 50_000 })] })
 *
 * @throws RedisError of kind `configuration` when `maxSessions` is not an integer of at least 1
 *
 * @publicApi
 */
export function memoryTier(options: MemoryTierOptions = {}): MemorySessionTier {
  const maxSessions = options.maxSessions ?? SESSION_DEFAULTS.maxSessions;
  assertInteger(maxSessions, 'maxSessions', 'memoryTier');
  return new MemoryTier(maxSessions);
}
