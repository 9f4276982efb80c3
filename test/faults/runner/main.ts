import { writeFileSync } from 'node:fs';
import { CONSUMERS } from '../consumers/index.js';
import { ROWS } from '../rows/index.js';
import { stopPostgres } from '../topologies/postgres-home.js';
import { chooseCells, readArguments, type RunnerArguments } from './arguments.js';
import { nameOf, type CellReport, type FaultCell } from './cell.js';
import { markdownPage } from './markdown-page.js';
import { playCell } from './play-cell.js';
import { inPool } from './pool.js';
import { hasFailed, passedAlone, playAgain } from './second-try.js';
import { tableOf, toText } from './table.js';

/** Violations of one cell that are printed; the first ones say why the others followed. */
const MOST_TOLD = 20;

/** The result is known: what a cell that failed has left open is not to keep it from being told. */
const LINGER_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  process.exitCode = await main(readArguments(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

setTimeout(() => {
  say('The suite left something open, and was ended.');
  // oxlint-disable-next-line unicorn/no-process-exit -- nothing else ends a process that still holds a socket
  process.exit();
}, LINGER_MS).unref();

async function main(wanted: RunnerArguments): Promise<number> {
  const cells = chooseCells(ROWS, wanted);
  if (wanted.list) {
    for (const cell of cells) say(nameOf(cell));
    return 0;
  }
  say(`${cells.length} cells, ${wanted.jobs} at a time; consumers: ${CONSUMERS.map(({ name }) => name).join(', ')}`);
  try {
    return conclude(await playAll(cells, wanted), wanted);
  } finally {
    await stopPostgres();
  }
}

async function playAll(cells: readonly FaultCell[], { jobs, verbose }: RunnerArguments): Promise<CellReport[]> {
  let done = 0;
  const reports = await inPool(cells, jobs, async (cell) => {
    const report = await playCell(cell);
    done += 1;
    tell(report, `[${done}/${cells.length}]`, verbose);
    return report;
  });
  return playAgain(reports, async (cell, progress) => {
    const report = await playCell(cell);
    tell(report, progress, verbose);
    return report;
  });
}

function tell({ cell, violations, elapsedMs, output }: CellReport, progress: string, verbose: boolean): void {
  const result = violations.length === 0 ? 'ok' : 'FAILED';
  say(`${progress} ${nameOf(cell)}: ${result}, ${(elapsedMs / 1_000).toFixed(1)} s`);
  for (const { id, text } of violations.slice(0, MOST_TOLD)) say(`    ${id} ${text.split('\n')[0]}`);
  if (violations.length > MOST_TOLD) say(`    and ${violations.length - MOST_TOLD} more`);
  if (violations.length > 0 || verbose) say(output.replaceAll(/^/gm, '    | '));
}

function conclude(reports: readonly CellReport[], { write, results }: RunnerArguments): number {
  const table = tableOf(reports);
  const failed = reports.filter(hasFailed).length;
  const passed = reports.length - failed;
  say(`\n${toText(table)}\n`);
  if (write !== undefined) writeFileSync(write, markdownPage(reports));
  const alone = passedAlone(reports);
  if (results !== undefined) writeFileSync(results, resultsOf(passed, failed, alone));
  if (alone.length > 0) say(`${alone.length} cells passed only on the second, quiet try: ${alone.join(', ')}`);
  say(`Cells: ${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function resultsOf(numPassedTests: number, numFailedTests: number, passedOnSecondTry: readonly string[]): string {
  return JSON.stringify({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites: 0, passedOnSecondTry });
}
