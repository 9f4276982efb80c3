import type { FaultRow, Variant } from '../rows/row.js';
import type { TestDriver } from '../../support/drivers.js';
import type { Violation } from './violation.js';

/** One row on one driver in one variant: what is counted. */
export interface FaultCell {
  readonly row: FaultRow;
  readonly driver: TestDriver;
  readonly variant: Variant;
}

/** What one column of the table shows: each thing that was seen during the fault, and the slowest answer. */
export interface ColumnReport {
  readonly seen: readonly string[];
  readonly slowestMs: number;
}

export interface CellReport {
  readonly cell: FaultCell;
  readonly violations: readonly Violation[];
  /** What was found before, where it was played again: see `second-try.ts`. */
  readonly first?: readonly Violation[];
  /** By consumer, and `health`. */
  readonly columns: Readonly<Record<string, ColumnReport>>;
  /** From the end of the fault to the first of the good rounds; undefined where that was not asked. */
  readonly recoveredMs?: number;
  /** Of what was acknowledged while a master changed, how much it took with it. */
  readonly lost?: number;
  /** How the boot ended, where it was to fail. */
  readonly boot?: string;
  readonly elapsedMs: number;
  /** The last lines that the app printed, for a cell that failed. */
  readonly output: string;
}

export function nameOf({ row, driver, variant }: FaultCell): string {
  return `${row.name} ${driver} ${variant}`;
}
