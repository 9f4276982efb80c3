import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { codeSpans, linkTargets, readPage } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';

const ROWS = join(ROOT, 'test/faults/rows');
const PAGE = readPage('docs/GUARANTEES.md');
const [DRIVERS, ...GUARANTEES] = PAGE.tables.toReversed();

const SOURCES = readdirSync(ROWS).map((file) => readFileSync(join(ROWS, file), 'utf8'));

function isPlayed(fault: string): boolean {
  return SOURCES.some((source) => source.includes(`'${fault}'`));
}

describe('docs/GUARANTEES.md', () => {
  it('has its tables', () => {
    expect(DRIVERS?.header[0]).toBe('driver');
    expect(new Set(GUARANTEES.map(({ header }) => header.join(', ')))).toEqual(
      new Set(['guaranteed, under which condition, and where it ends, shown by, fault']),
    );
  });

  it('shows each guarantee by a test that exists', () => {
    const unproved = GUARANTEES.flatMap(({ rows }) => rows).filter(([, , shown = '']) => {
      const specs = linkTargets({ ...PAGE, prose: shown }).map((link) => join(ROOT, posix.join('docs', link)));
      return specs.length === 0 || !specs.every((spec) => spec.endsWith('.spec.ts') && existsSync(spec));
    });
    expect(unproved).toEqual([]);
  });

  it('names faults that the suite plays', () => {
    const named = GUARANTEES.flatMap(({ rows }) => rows).flatMap(([, , , fault = '']) => codeSpans(fault));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((fault) => !isPlayed(fault))).toEqual([]);
  });
});
