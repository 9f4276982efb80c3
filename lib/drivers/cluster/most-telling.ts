import type { EventEmitter } from 'node:events';
import { classifyError } from '../../errors/classify-error.js';
import { tellingRank } from '../../errors/telling-rank.js';

/** Of what several nodes met, the error that tells most. @internal */
export function mostTelling(errors: readonly unknown[]): unknown {
  const ranked = errors.map((error) => ({ error, rank: rankOf(error) }));
  return ranked.toSorted((one, other) => one.rank - other.rank)[0]?.error;
}

/**
 * The outcome of `run`; where it fails, the most telling of that error and of those that the events told meanwhile.
 *
 * @internal
 */
export async function orMostTelling<T>(
  emitter: Pick<EventEmitter, 'on' | 'off'>,
  events: readonly string[],
  run: () => Promise<T>,
): Promise<T> {
  const errors: unknown[] = [];
  const note = (error: unknown): void => void errors.push(error);
  for (const event of events) emitter.on(event, note);
  try {
    return await run();
  } catch (error) {
    throw mostTelling([error, ...errors]);
  } finally {
    for (const event of events) emitter.off(event, note);
  }
}

function rankOf(error: unknown): number {
  const found = classifyError(error);
  return tellingRank(found?.isGeneric === true ? undefined : found?.kind);
}
