const FIRST_MS = 100;
const FLOOR_MS = 250;
const CAP_MS = 2_000;

/** After so many failures clients that lost one server at the same time are spread over the whole cap. */
const SPREAD_AFTER = 3;

/**
 * Milliseconds to wait before the next attempt, after `failures` in a row: exponential, capped at 2 s, with full jitter
 * so that many clients do not return in step, above a floor that keeps one client to four attempts a second.
 *
 * Clients that are spread out already wait rather longer than shorter. They stay as evenly spread, and knock as seldom as
 * the cap allows: with even luck the busiest tenth of a second of a server that returns would see a quarter more of them.
 *
 * @internal
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  if (failures <= 0) return random() * FIRST_MS;
  const ceiling = Math.min(CAP_MS, FLOOR_MS * 2 ** Math.min(failures, 10));
  const luck = failures > SPREAD_AFTER ? random() ** 0.25 : random();
  return FLOOR_MS + luck * (ceiling - FLOOR_MS);
}
