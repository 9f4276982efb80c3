/** Of the invariants, and what the app is told. */
export const LIMITS = {
  /** Deadline of a command, which a row may set otherwise. */
  commandMs: 500,
  connectMs: 2_000,
  /** The default of `shutdownTimeoutMs`, which the app is left with. */
  shutdownMs: 3_000,
  /** What the order and the end of a process take besides. */
  shutdownSlackMs: 250,
  /** A call may take so much longer than a command. */
  graceMs: 1_000,
  healthMs: 1_500,
  bootMs: 2_000 + 500,
  linesPerMinute: 20,
} as const;

/** What an app takes to load on a machine that is not busy. */
export const USUAL_LOAD_MS = 1_000;
/** How long rounds are played during a fault. */
export const DURING_MS = 2_000;
/** So long after boot an app may not know yet what is wrong. */
export const KNOWN_MS = 500;
/** From the end of a fault to the third good round in a row. */
export const RECOVER_MS = 6_000;
/** What was acknowledged so long ago has reached every replica. */
export const REPLICATED_MS = 500;
/** What is owed at the end is asked for so long: a job that a lost reply left behind is found by its lock's end. */
export const OWED_MS = 20_000;
export const CELL_MS = 120_000;
