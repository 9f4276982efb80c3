import type { RowTools } from '../rows/row.js';
import type { PostgresHome } from '../topologies/postgres-home.js';
import type { AppProcess } from './app-process.js';
import { callOfRow } from './call-of-row.js';
import { linesOf } from './report-cell.js';

/** What a row may use of its cell, as far as it is there yet. */
export class CellTools implements RowTools {
  app: AppProcess | undefined;
  /** Undefined in variants that have none. */
  home: PostgresHome | undefined;

  readonly call: RowTools['call'] = (...call) => callOfRow(this.app, call);

  get postgres(): PostgresHome {
    if (this.home === undefined) throw new Error('This variant has no Postgres');
    return this.home;
  }

  get lines(): readonly string[] {
    return linesOf(this.app?.output ?? '');
  }
}
