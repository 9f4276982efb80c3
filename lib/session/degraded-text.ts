import type { RedisError } from '../errors/redis.error.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';

/** What is known when sessions are not served as they should be. @internal */
export interface DegradedFacts {
  /** Who answers. */
  readonly tier: string;
  readonly endpoint: string;
  readonly state: RedisState;
  /** Why Redis is not reached, or what it failed last. */
  readonly redisError: RedisError | undefined;
  /** Tiers that do not answer. */
  readonly missing: readonly string[];
  /** What one of them said. */
  readonly tierError: RedisError | undefined;
  readonly dirty: number;
}

/** What to look at, where the kind alone does not tell. */
const ADVICE: Partial<Record<RedisErrorKind, string>> = {
  permission: ' Its user lacks a right: docs/ACL.md lists them.',
};

/** Whether it can be said why. @internal */
export function isExplained({ redisError, missing, tierError }: DegradedFacts): boolean {
  return redisError !== undefined || missing.length > 0 || tierError !== undefined;
}

/** One line for the log: who serves, and why not as usual. @internal */
export function degradedText(facts: DegradedFacts): string {
  const reasons = [redisText(facts), tiersText(facts)].filter((reason) => reason !== '');
  return `Sessions are degraded, served by: ${facts.tier}. ${reasons.length > 0 ? reasons.join(' ') : waitingText(facts)}`;
}

function redisText({ endpoint, state, redisError }: DegradedFacts): string {
  if (redisError === undefined) return state === 'connected' ? '' : `${endpoint}: ${state}.`;
  const { redisErrorKind: kind, operation } = redisError;
  // Of a connection that is lost the operation is whichever came first.
  const what = state === 'connected' && operation !== undefined ? `${kind}, at ${operation}` : kind;
  return `${endpoint}: ${what}.${ADVICE[kind] ?? ''}`;
}

function tiersText({ missing, tierError }: DegradedFacts): string {
  const why = tierError === undefined ? '' : ` (${tierError.redisErrorKind})`;
  if (missing.length > 0) return `Missing: ${missing.join(', ')}${why}.`;
  return tierError === undefined ? '' : `A tier refuses ${tierError.operation ?? 'a statement'}${why}.`;
}

function waitingText({ endpoint, dirty }: DegradedFacts): string {
  if (dirty > 0) return `${endpoint}: ${dirty} changes wait to be replayed.`;
  return `${endpoint}: connected, and not known yet to have every change.`;
}
