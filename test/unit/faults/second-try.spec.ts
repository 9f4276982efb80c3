import type { FaultRow } from '../../faults/rows/row.js';
import type { CellReport, FaultCell } from '../../faults/runner/cell.js';
import { hasFailed, passedAlone, playAgain } from '../../faults/runner/second-try.js';
import { tableOf } from '../../faults/runner/table.js';

const VIOLATION = { id: 'I1', text: 'took too long' } as const;

function report(name: string, isGood: boolean, more: Partial<FaultRow> = {}): CellReport {
  const cell: FaultCell = { row: { name, ...more } as FaultRow, driver: 'ioredis', variant: 'main' };
  return { cell, violations: isGood ? [] : [VIOLATION], columns: {}, elapsedMs: 1, output: '' };
}

describe('the second try of a cell', () => {
  const played: string[] = [];
  /** Passes whatever does not have `broken` in its name. */
  const play = (cell: FaultCell, progress: string): Promise<CellReport> => {
    played.push(`${progress} ${cell.row.name}`);
    return Promise.resolve(report(cell.row.name, !cell.row.name.includes('broken')));
  };
  const result = (reports: readonly CellReport[]) => tableOf(reports).map((line) => line.at(-1));

  beforeEach(() => played.splice(0));

  it('is given to those that failed, one after the other', async () => {
    await playAgain([report('a', true), report('b', false), report('c', true), report('d', false)], play);
    expect(played).toEqual(['[again 1/2] b', '[again 2/2] d']);
  });

  it('counts, and is told of', async () => {
    const reports = await playAgain([report('well', true), report('slow', false)], play);
    expect(reports.map(hasFailed)).toEqual([false, false]);
    expect(passedAlone(reports)).toEqual(['slow ioredis main']);
    expect(result(reports)).toEqual(['result', 'ok', 'ok, second try']);
  });

  it('does not help what is broken', async () => {
    const reports = await playAgain([report('broken', false)], play);
    expect(reports.map(hasFailed)).toEqual([true]);
    expect(passedAlone(reports)).toEqual([]);
    expect(result(reports)).toEqual(['result', 'FAILED twice']);
  });

  it('is also taken where a row asks for it, and must then pass as well', async () => {
    const reports = await playAgain([report('self_broken', true, { twice: true }), report('a', true)], play);
    expect(played).toEqual(['[again 1/1] self_broken']);
    expect(reports.map(hasFailed)).toEqual([true, false]);
    expect(result(reports)).toEqual(['result', 'FAILED', 'ok']);
  });

  it('is given to nobody where more failed than a busy machine explains', async () => {
    const reports = await playAgain(
      Array.from({ length: 21 }, (_, n) => report(`r${n}`, false)),
      play,
    );
    expect(played).toEqual([]);
    expect(reports.filter(hasFailed)).toHaveLength(21);
  });
});
