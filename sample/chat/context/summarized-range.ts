import type { StoredMessage } from '../database/chat.database.js';

/** Positions of the table, both included. */
export interface SummarizedRange {
  readonly from: number;
  readonly until: number;
}

/**
 * The rows that a summary of these messages may stand for: those in a row from the first of them on. Redis may have two
 * messages that were sent at once in another order than the table: what is not in the summary must not be behind it.
 */
export function summarizedRange(
  rows: readonly StoredMessage[],
  ids: ReadonlySet<string | undefined>,
): SummarizedRange | undefined {
  const start = rows.findIndex(({ message }) => ids.has(message.id));
  const first = rows[start];
  if (first === undefined) return undefined;
  const end = rows.findIndex(({ message }, at) => at > start && !ids.has(message.id));
  const last = rows[end < 0 ? rows.length - 1 : end - 1] ?? first;
  return { from: first.position, until: last.position };
}
