import { ERROR_HINTS } from '../errors/error-hints.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisError } from '../errors/redis.error.js';

/** So many kinds are told by a line of their own in a window. */
const MOST_TOLD = 2;
/** So many operations, each with its kind, are counted apart; the rest together. */
const MOST_COUNTED = 50;
/** So many of them are named in the line at the end. */
const MOST_NAMED = 3;

/**
 * Tells the first failure of a kind, and counts those that follow: at the end of the window one line says how many there
 * were. The error's own message is not used, since that of some names the key.
 *
 * @internal
 */
export class FailureLog {
  private readonly told = new Set<RedisErrorKind>();
  private readonly counts = new Map<string, number>();
  private folded = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly windowMs: number,
    private readonly write: (text: string) => void,
  ) {}

  /** `isExplained`: another line says why already, and this one is only counted. */
  add(error: RedisError, isExplained: boolean): void {
    this.timer ??= setTimeout(() => this.end(), this.windowMs).unref();
    const { redisErrorKind: kind } = error;
    if (isExplained || this.told.has(kind) || this.told.size >= MOST_TOLD) return this.fold(error);
    this.told.add(kind);
    this.write(failureText(error));
  }

  /** Tells how many were counted, and begins anew. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.folded > 0) this.write(foldedText(this.folded, [...this.counts]));
    this.folded = 0;
    this.told.clear();
    this.counts.clear();
  }

  private fold({ operation = 'call', redisErrorKind }: RedisError): void {
    this.folded += 1;
    const what = `${operation} [${redisErrorKind}]`;
    const count = this.counts.get(what);
    if (count !== undefined || this.counts.size < MOST_COUNTED) this.counts.set(what, (count ?? 0) + 1);
  }
}

function failureText({ operation = 'call', redisErrorKind, elapsedMs }: RedisError): string {
  const when = elapsedMs === undefined ? '' : ` after ${Math.round(elapsedMs)} ms`;
  return `${operation} failed${when} [${redisErrorKind}] ${ERROR_HINTS[redisErrorKind]}`;
}

function foldedText(folded: number, counts: readonly (readonly [string, number])[]): string {
  const named = counts.toSorted(([, one], [, other]) => other - one).slice(0, MOST_NAMED);
  const rest = folded - named.reduce((sum, [, count]) => sum + count, 0);
  const list = [...named.map(([what, count]) => `${what} ${count}`), ...(rest > 0 ? [`others ${rest}`] : [])];
  return `${folded} more ${folded === 1 ? 'call' : 'calls'} failed within a minute: ${list.join(', ')}`;
}
