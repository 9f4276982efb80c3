const FIRST_MS = 100;
const FLOOR_MS = 250;
const CAP_MS = 2_000;

/**
 * Milliseconds to wait before the next attempt, after `failures` in a row: exponential, capped at 2 s, with full jitter
 * so that many clients do not return in step, above a floor that keeps one client to four attempts a second.
 *
 * @internal
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  if (failures <= 0) return random() * FIRST_MS;
  const ceiling = Math.min(CAP_MS, FLOOR_MS * 2 ** Math.min(failures, 10));
  return FLOOR_MS + random() * (ceiling - FLOOR_MS);
}
