import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';

/** Whom a sentinel takes for the master, and since which fail-over. @internal */
export interface SentinelAnswer {
  readonly master: HostEndpoint;
  /** Grows with every fail-over. -1 where the sentinel does not tell. */
  readonly epoch: number;
}

/** @internal */
export function isSameEndpoint(one: HostEndpoint, other: HostEndpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

/**
 * The answer to believe: of the highest epoch, since a sentinel that was cut off still names the master of an earlier
 * one; of those what most say; of those the first.
 *
 * @internal
 */
export function chooseAnswer<A extends SentinelAnswer>(answers: readonly A[]): A | undefined {
  const epoch = Math.max(...answers.map((answer) => answer.epoch));
  const newest = answers.filter((answer) => answer.epoch === epoch);
  const votes = (answer: A): number => newest.filter(({ master }) => isSameEndpoint(master, answer.master)).length;
  return newest.toSorted((one, other) => votes(other) - votes(one))[0];
}
