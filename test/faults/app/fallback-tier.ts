import type { MemorySessionTier } from 'nestjs-redis-hub/session';

/** Token of the tier beside Redis, so that a verb can tell whether Redis has yet to take a change. */
export const FALLBACK_TIER = 'FAULTS:FALLBACK_TIER';

export interface FallbackTier {
  readonly tier: MemorySessionTier | undefined;
}
