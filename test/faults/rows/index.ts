import { CLUSTER_ROWS } from './cluster.rows.js';
import { DELAY_ROWS } from './delay.rows.js';
import { HANG_ROWS } from './hang.rows.js';
import { LOADER_ROWS } from './loader.rows.js';
import { LOADING_ROWS } from './loading.rows.js';
import { LOGIN_ROWS } from './login.rows.js';
import { LOSS_ROWS } from './loss.rows.js';
import { OWN_ROWS } from './own.rows.js';
import { POSTGRES_REFUSAL_ROWS } from './postgres-refusal.rows.js';
import { POSTGRES_ROWS } from './postgres.rows.js';
import { QUEUE_ROWS } from './queue.rows.js';
import { RAW_ROWS } from './raw.rows.js';
import { REACH_ROWS } from './reach.rows.js';
import { REFUSAL_ROWS } from './refusal.rows.js';
import { REFUSED_WRITES_ROWS } from './refused-writes.rows.js';
import type { FaultRow } from './row.js';
import { SENTINEL_ROWS } from './sentinel.rows.js';
import { SELF_ROWS } from './self.rows.js';
import { SERVER_ROWS } from './server.rows.js';
import { START_ROWS } from './start.rows.js';
import { STATE_ROWS } from './state.rows.js';
import { STORM_ROWS } from './storm.rows.js';
import { TLS_ROWS } from './tls.rows.js';
import { WIRE_ROWS } from './wire.rows.js';

/** Every row, in the order of the table. */
export const ROWS: readonly FaultRow[] = [
  ...SELF_ROWS,
  ...START_ROWS,
  ...HANG_ROWS,
  ...LOSS_ROWS,
  ...DELAY_ROWS,
  ...REFUSAL_ROWS,
  ...LOGIN_ROWS,
  ...LOADING_ROWS,
  ...REFUSED_WRITES_ROWS,
  ...TLS_ROWS,
  ...REACH_ROWS,
  ...WIRE_ROWS,
  ...SERVER_ROWS,
  ...POSTGRES_ROWS,
  ...POSTGRES_REFUSAL_ROWS,
  ...LOADER_ROWS,
  ...OWN_ROWS,
  ...RAW_ROWS,
  ...QUEUE_ROWS,
  ...SENTINEL_ROWS,
  ...CLUSTER_ROWS,
  ...STATE_ROWS,
  ...STORM_ROWS,
];
