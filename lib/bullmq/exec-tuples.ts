import { readList } from '../errors/read-property.js';

/** One command of a transaction: its error or its value, as BullMQ reads it. @internal */
export type ExecTuple = [error: unknown, value: unknown];

/**
 * The outcome of a transaction in which the server did not know scripts, on both drivers as tuples: node-redis rejects
 * as a whole.
 *
 * @internal
 */
export async function tuplesOf(exec: () => Promise<unknown>): Promise<unknown> {
  try {
    return await exec();
  } catch (error) {
    const replies = readList(error, 'replies', 100_000);
    const tuples = replies.map((reply): ExecTuple => (reply instanceof Error ? [reply, null] : [null, reply]));
    if (unknownScripts(tuples).length === 0) throw error;
    return tuples;
  }
}

/**
 * The places of the commands that were not executed because the server did not know their script. Others of the same
 * transaction may have been: ioredis sends the source of a script that it uses for the first time.
 *
 * @internal
 */
export function unknownScripts(results: unknown): number[] {
  if (!Array.isArray(results)) return [];
  return results.flatMap(([error]: ExecTuple, place) => (isUnknownScript(error) ? [place] : []));
}

/** The first results, with the second ones in those places. @internal */
export function mended(results: unknown, places: readonly number[], later: unknown): unknown {
  if (!Array.isArray(results) || !Array.isArray(later)) return later;
  const byPlace = new Map(places.map((place, index): [number, unknown] => [place, later[index]]));
  return results.map((tuple: unknown, place) => byPlace.get(place) ?? tuple);
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
