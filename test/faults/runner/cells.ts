import type { RedisErrorKind } from 'nestjs-redis-hub';

/**
 * What one call came to: `R` answered by Redis, `P` by Postgres, `F` by another fallback, `M` a miss without throwing, `E(kind)` rejected, and of
 * health `up`, `degraded(kind)`, `down(kind)`. A call that never settled is `HANG`.
 */
export type Seen = string;

/** What is allowed: the same words, several joined by `|`; in brackets a kind or one of {@link GROUPS}. */
export type Cell = string;

/** Kinds that a row may name by one word. */
const GROUPS: Readonly<Record<string, readonly RedisErrorKind[]>> = {
  connection: ['refused', 'connection-lost', 'unavailable'],
  timeout: ['connect-timeout', 'command-timeout', 'unavailable'],
  config: ['configuration'],
  oom: ['out-of-memory'],
  misconf: ['misconfigured'],
  readonly: ['read-only'],
  maxclients: ['max-clients'],
};

/** Whether a cell allows what was seen. `E(a/b)` allows either kind. */
export function allows(cell: Cell, seen: Seen): boolean {
  return alternatives(cell).some((token) => token === seen || allowsKind(token, seen));
}

/** Either cell. */
export function either(a: Cell, b: Cell): Cell {
  return [...new Set([...alternatives(a), ...alternatives(b)])].join('|');
}

/** The cell of the twin without fallbacks: what was served from elsewhere, or missed, is now the error. */
export function withoutFallback(cell: Cell, kind: string): Cell {
  const tokens = alternatives(cell).map((token) => (token === 'F' || token === 'M' ? `E(${kind})` : token));
  return [...new Set(tokens)].join('|');
}

function alternatives(cell: Cell): string[] {
  return cell.split('|');
}

function allowsKind(token: string, seen: Seen): boolean {
  const [, word, kinds] = /^(\w+)\((.+)\)$/.exec(token) ?? [];
  const [, seenWord, seenKind] = /^(\w+)\((.+)\)$/.exec(seen) ?? [];
  if (kinds === undefined || seenKind === undefined || word !== seenWord) return false;
  return kinds.split('/').some((kind) => (GROUPS[kind] ?? [kind]).includes(seenKind as RedisErrorKind));
}
