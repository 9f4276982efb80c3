import { CONSUMERS } from '../consumers/index.js';
import type { FaultRow } from '../rows/row.js';
import type { CellReport, ColumnReport } from './cell.js';
import { hasFailed, hasFailedFirst } from './second-try.js';

const COLUMNS = [...CONSUMERS.map(({ name }) => name), 'health'];
const HEAD = ['fault', 'driver', 'variant', ...COLUMNS, 'recovered', 'result'];

/** The whole as a table: what was seen during each fault, by consumer, with the slowest answer. */
export function tableOf(reports: readonly CellReport[]): string[][] {
  return [HEAD, ...reports.filter(({ cell: { row } }) => row.violates === undefined).map(rowOf)];
}

/** For the terminal. */
export function toText(table: readonly string[][]): string {
  const widths = HEAD.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const lines = table.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** For the docs. */
export function toMarkdown(table: readonly string[][]): string {
  const [head = [], ...rows] = table.map(
    (line) => `| ${line.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  const rule = `| ${HEAD.map(() => '---').join(' | ')} |`;
  return [head, rule, ...rows].flat().join('\n');
}

function rowOf(report: CellReport): string[] {
  const { cell, columns, recoveredMs, lost, boot } = report;
  const { row, driver, variant } = cell;
  const seen =
    boot === undefined
      ? COLUMNS.map((name) => textOf(columns[name]))
      : COLUMNS.map((_, i) => (i === 0 ? `boot ${boot}` : ''));
  const recovered = recoveredMs === undefined || isWithoutFault(row) ? '' : inSeconds(recoveredMs);
  const result = lost === undefined ? resultOf(report) : `${resultOf(report)}, ${lost} lost`;
  return [row.name, driver, variant, ...seen, recovered, result];
}

function resultOf(report: CellReport): string {
  if (hasFailed(report)) return hasFailedFirst(report) ? 'FAILED twice' : 'FAILED';
  return hasFailedFirst(report) ? 'ok, second try' : 'ok';
}

function isWithoutFault(row: FaultRow): boolean {
  return row.atStart !== true && !('inflict' in row);
}

function textOf(column: ColumnReport | undefined): string {
  if (column === undefined) return '';
  return `${[...column.seen].toSorted().join(' ')} ${inSeconds(column.slowestMs)}`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
