import { session } from '../../faults/consumers/session.js';
import type { FaultRow } from '../../faults/rows/row.js';
import { chooseCells, readArguments } from '../../faults/runner/arguments.js';
import { nameOf } from '../../faults/runner/cell.js';
import { CellRecord, type Phase } from '../../faults/runner/cell-record.js';
import { allows, either, withoutFallback } from '../../faults/runner/cells.js';
import { cellOf, healthSaysOf } from '../../faults/runner/expected.js';
import { Violations } from '../../faults/runner/violation.js';

describe('a cell of the fault table', () => {
  it.each([
    ['R', 'R', true],
    ['R', 'F', false],
    ['F|R', 'R', true],
    ['E(timeout)', 'E(command-timeout)', true],
    ['E(timeout)', 'E(unavailable)', true],
    ['E(timeout)', 'E(refused)', false],
    ['E(auth)', 'E(auth)', true],
    ['E(auth)', 'E(unavailable)', false],
    ['E(timeout/busy)', 'E(busy)', true],
    ['E(connection)', 'down(refused)', false],
    ['degraded(connection)', 'degraded(refused)', true],
    ['degraded(connection)', 'degraded(none)', false],
    ['M', 'HANG', false],
  ])('%s against %s: %s', (cell, seen, expected) => expect(allows(cell, seen)).toBe(expected));

  it('is an error in the twin where it was a fallback or a miss', () => {
    expect(withoutFallback('F|R', 'oom')).toBe('E(oom)|R');
    expect(withoutFallback('M|E(timeout)', 'timeout')).toBe('E(timeout)');
    expect(either('M|R', 'R')).toBe('M|R');
  });
});

describe('a cell with Postgres', () => {
  const CELLS = { session: 'F', context: 'M|F' } as const;
  const row = (more: Partial<FaultRow> = {}) => ({ name: 'a', kind: 'timeout', cells: CELLS, ...more }) as FaultRow;

  it('is Postgres where it was another fallback, or what the row says', () => {
    expect(cellOf(row(), 'postgres', session, 'write')).toBe('P');
    expect(cellOf(row(), 'main', session, 'write')).toBe('F');
    expect(cellOf(row(), 'bare', session, 'write')).toBe('E(timeout)');
    expect(cellOf(row({ postgresCells: { session: 'F' } }), 'postgres', session, 'write')).toBe('F');
  });

  it('has its tier named by health where sessions are answered by nobody else', () => {
    expect(healthSaysOf(row(), 'postgres')).toBe('"tier":"postgres"');
    expect(healthSaysOf(row(), 'main')).toBeUndefined();
    expect(healthSaysOf(row({ cells: { session: 'F|R' } }), 'postgres')).toBeUndefined();
    expect(healthSaysOf(row({ healthSays: 'Postgres' }), 'postgres')).toBe('Postgres');
  });
});

describe('what was seen', () => {
  const note = (phase: Phase, seen: string, elapsedMs = 1, column = 'cache') => {
    const violations = new Violations();
    const record = new CellRecord(violations, { call: 1_500, health: 1_500 });
    const cell = column === 'health' ? 'down(timeout)' : 'E(timeout)';
    record.note(column, `${column}.read`, phase, { seen, elapsedMs }, cell);
    return violations.list.map(({ id }) => id);
  };

  it('is held to the cell during the fault, and to health before and after', () => {
    expect(note('during', 'E(command-timeout)')).toEqual([]);
    expect(note('during', 'R')).toEqual(['cell']);
    expect(note('during', 'E(refused)')).toEqual(['I9']);
    expect(note('before', 'E(command-timeout)')).toEqual(['I9']);
    expect(note('after', 'R')).toEqual([]);
    expect(note('healed', 'M')).toEqual(['cell']);
    expect(note('during', 'down(refused)', 1, 'health')).toEqual(['I9']);
  });

  it('may be of no kind yet when the fault was there at the start', () => {
    expect(note('starting', 'E(unavailable)')).toEqual([]);
    expect(note('starting', 'R')).toEqual(['cell']);
  });

  it('must come in time', () => {
    expect(note('during', 'E(command-timeout)', 1_600)).toEqual(['I1']);
    expect(note('during', 'HANG', 12_000)).toEqual(['I1', 'I1']);
  });
});

describe('the choice of cells', () => {
  const row = (name: string, more: Partial<FaultRow> = {}) => ({ name, ...more }) as FaultRow;
  const ROWS = [
    row('one'),
    row('one_more', { short: true }),
    row('three', { short: ['bare'], drivers: ['ioredis'] }),
    row('two', { variants: ['strict'], drivers: ['ioredis'] }),
  ];
  const chosen = (...args: string[]) => chooseCells(ROWS, readArguments(args)).map(nameOf);

  it('is everything, or what is named', () => {
    expect(chosen()).toHaveLength(11);
    expect(chosen('--only', 'one*', '--driver', 'ioredis', '--variant', 'bare')).toEqual([
      'one ioredis bare',
      'one_more ioredis bare',
    ]);
    expect(chosen('--short')).toEqual(['one_more ioredis main', 'one_more node-redis main', 'three ioredis bare']);
    expect(chosen('--only', 'two')).toEqual(['two ioredis strict']);
  });

  it('refuses what fits nothing', () => {
    expect(() => chosen('--only', 'four')).toThrow('--only four fits no row');
    expect(() => chosen('--driver', 'redis')).toThrow('--driver takes ioredis, node-redis, not redis');
    expect(() => chosen('--only', 'one', '--short')).toThrow('No cell fits');
    expect(() => chosen('--jobs', '0')).toThrow('--jobs');
  });
});
