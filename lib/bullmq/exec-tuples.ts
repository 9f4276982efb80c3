import { readList } from '../errors/read-property.js';

/** One command of a transaction: its error or its value, as BullMQ reads it. @internal */
export type ExecTuple = [error: unknown, value: unknown];

/**
 * The outcome of a transaction of which nothing ran for want of its scripts, on both drivers as tuples: node-redis
 * rejects as a whole.
 *
 * @internal
 */
export async function tuplesOf(exec: () => Promise<unknown>): Promise<unknown> {
  try {
    return await exec();
  } catch (error) {
    const tuples = readList(error, 'replies', 100_000).map((reply): ExecTuple => [reply, null]);
    if (!isUnknownScripts(tuples)) throw error;
    return tuples;
  }
}

/** Whether every command failed because the server does not know its script, so that nothing was executed. @internal */
export function isUnknownScripts(results: unknown): boolean {
  if (!Array.isArray(results) || results.length === 0) return false;
  return results.every((tuple: ExecTuple) => tuple[0] instanceof Error && tuple[0].message.startsWith('NOSCRIPT'));
}
