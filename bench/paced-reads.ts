import { setTimeout as pass } from 'node:timers/promises';
import type { SessionStore } from 'nestjs-redis-hub/session';
import { percentilesOf } from './statistics.js';

const READERS = 16;
/** On average, between two reads of a reader: together they ask a thousand times a second, far from any limit. */
const PAUSE_MS = 16;

/** How long reads took, in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** Sessions that exist, and were not found. */
  readonly missing: number;
}

/** Reads these sessions at a steady pace, as live requests do, until it ends. */
export async function readPaced(
  sessions: SessionStore,
  ids: readonly string[],
  ending: Promise<unknown>,
): Promise<Latencies> {
  const seen = { times: [] as number[], failed: 0, missing: 0 };
  let hasEnded = false;
  const reader = async (): Promise<void> => {
    while (!hasEnded) {
      await pass(2 * PAUSE_MS * Math.random());
      const startedAt = performance.now();
      try {
        const found = await sessions.get(ids[Math.floor(Math.random() * ids.length)] ?? '');
        seen.times.push(performance.now() - startedAt);
        if (found === undefined) seen.missing += 1;
      } catch {
        seen.failed += 1;
      }
    }
  };
  const reading = Promise.all(Array.from({ length: READERS }, reader));
  await ending;
  hasEnded = true;
  await reading;
  const at = percentilesOf(seen.times);
  return { count: seen.times.length, p50: at(0.5), p99: at(0.99), failed: seen.failed, missing: seen.missing };
}
