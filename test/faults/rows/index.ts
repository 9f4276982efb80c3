import { DELAY_ROWS } from './delay.rows.js';
import { HANG_ROWS } from './hang.rows.js';
import { LOSS_ROWS } from './loss.rows.js';
import { REFUSAL_ROWS } from './refusal.rows.js';
import type { FaultRow } from './row.js';
import { SELF_ROWS } from './self.rows.js';
import { START_ROWS } from './start.rows.js';

/** Every row, in the order of the table. */
export const ROWS: readonly FaultRow[] = [
  ...SELF_ROWS,
  ...START_ROWS,
  ...HANG_ROWS,
  ...LOSS_ROWS,
  ...DELAY_ROWS,
  ...REFUSAL_ROWS,
];
