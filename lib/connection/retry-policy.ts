import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import { backoffMs } from '../utils/backoff.js';

/** What the server decided about us: trying again at once would only repeat the answer. */
const VERDICTS: ReadonlySet<RedisErrorKind> = new Set(['auth', 'permission', 'tls', 'configuration']);

/** Kinds that tell what to mend: a refused call repeats them, in place of a bare `unavailable`. */
const TELLING: ReadonlySet<RedisErrorKind> = new Set([...VERDICTS, 'dns', 'loading', 'max-clients', 'read-only']);

const VERDICT_PAUSE_MS = 5_000;
const PROMPT_VERDICTS = 3;

/** @internal */
export function isVerdict(kind: RedisErrorKind | undefined): boolean {
  return kind !== undefined && VERDICTS.has(kind);
}

/** @internal */
export function isTelling(kind: RedisErrorKind | undefined): kind is RedisErrorKind {
  return kind !== undefined && TELLING.has(kind);
}

/** Milliseconds before the next attempt. @internal */
export function retryDelayMs(kind: RedisErrorKind, failuresInARow: number): number {
  if (isVerdict(kind)) return VERDICT_PAUSE_MS;
  // A replica that sentinels name as master is about to be one.
  return backoffMs(kind === 'read-only' ? 1 : failuresInARow);
}

/** Whether a caller who asks anew may cut the pause short: always, but after three verdicts in a row. @internal */
export function mayHurry(kind: RedisErrorKind | undefined, failuresInARow: number): boolean {
  return !isVerdict(kind) || failuresInARow < PROMPT_VERDICTS;
}
