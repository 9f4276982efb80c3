import type { CellReport, FaultCell } from './cell.js';
import { nameOf } from './cell.js';

/** Of more than so many it is not the machine that is at fault. */
const MOST_AGAIN = 20;

/**
 * Plays the cells that failed once more, each alone: a machine that was busy fails what a quiet one does not. The second
 * result is the one that counts, and the report says that there was a first. A few that pass are played again as well, to
 * show that what is broken fails twice.
 */
export async function playAgain(
  reports: readonly CellReport[],
  play: (cell: FaultCell, progress: string) => Promise<CellReport>,
): Promise<CellReport[]> {
  const failed = reports.filter(hasFailed);
  const again =
    failed.length > MOST_AGAIN ? [] : reports.filter((one) => hasFailed(one) || one.cell.row.twice === true);
  const results = [...reports];
  for (const [index, report] of again.entries()) {
    const second = await play(report.cell, `[again ${index + 1}/${again.length}]`);
    results[reports.indexOf(report)] = { ...second, first: report.violations };
  }
  return results;
}

/** Those that failed while others were played, and not alone. */
export function passedAlone(reports: readonly CellReport[]): string[] {
  return reports.filter((report) => !hasFailed(report) && hasFailedFirst(report)).map(({ cell }) => nameOf(cell));
}

export function hasFailed({ violations }: CellReport): boolean {
  return violations.length > 0;
}

export function hasFailedFirst({ first = [] }: CellReport): boolean {
  return first.length > 0;
}
