import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from './support/repository.js';

const CONFIG = `
module.exports = { projects: [{ displayName: 'some', testMatch: ['<rootDir>/*.spec.js'], transform: {} }] };
`;

const GOOD = "test('is well', () => undefined);";
const BAD = "test('is not', () => { throw new Error('always'); });";

/** Fails where nobody has asked it before. */
const ONCE = `
const { existsSync, writeFileSync } = require('node:fs');
const isSecond = existsSync('asked');
writeFileSync('asked', '');
test('is well', () => undefined);
test('is late on a busy machine', () => { if (!isSecond) throw new Error('late'); });
`;

/** Cannot even be loaded then. */
const BROKEN_ONCE = ONCE.replaceAll("'asked'", "'loaded'").replace(
  'test(',
  "if (!isSecond) throw new Error('no');\ntest(",
);

const PLAY = `
import { testTotals } from '${moduleAt('test-results.mjs')}';
import { runJestTwice } from '${moduleAt('jest.mjs')}';
const root = process.cwd();
const ended = await runJestTwice({ projects: ['some'] }, 'some', { env: process.env, root });
console.log(JSON.stringify({ ...ended, totals: testTotals(root) }));
`;

interface Played {
  readonly status: number;
  readonly saved: readonly string[];
  readonly totals: { readonly passed: number; readonly failed: number; readonly broken: number };
}

function moduleAt(name: string): string {
  return pathToFileURL(join(ROOT, 'scripts', 'lib', name)).href;
}

describe('files that fail in a run of all tests', () => {
  let dir = '';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'hub-twice-'));
    mkdirSync(join(dir, 'build/test-results'), { recursive: true });
    writeFileSync(join(dir, 'jest.config.cjs'), CONFIG);
    // else that of a folder further up, whatever it says, would be taken
    writeFileSync(join(dir, 'package.json'), '{ "private": true, "type": "commonjs" }');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const play = async (specs: Readonly<Record<string, string>>): Promise<Played> => {
    for (const [name, code] of Object.entries(specs)) writeFileSync(join(dir, `${name}.spec.js`), code);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PLAY], { cwd: dir });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Played;
  };

  it('are run once more, and are told where they passed only then', async () => {
    const { status, saved, totals } = await play({ good: GOOD, once: ONCE, broken: BROKEN_ONCE });
    expect({ status, totals }).toEqual({ status: 0, totals: { passed: 5, failed: 0, broken: 0 } });
    expect(saved.map((file) => file.slice(dir.length + 1)).toSorted()).toEqual(['broken.spec.js', 'once.spec.js']);
    expect(readdirSync(join(dir, 'build/test-results'))).toEqual(['some.json']);
  });

  it('fail the run where they fail twice', async () => {
    const { status, saved, totals } = await play({ good: GOOD, once: ONCE, bad: BAD });
    expect({ status, totals }).toEqual({ status: 1, totals: { passed: 3, failed: 1, broken: 0 } });
    expect(saved.map((file) => file.slice(dir.length + 1))).toEqual(['once.spec.js']);
  });

  it('fail the run at once where they are many', async () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`bad-${n}`, BAD]));
    const { status, saved, totals } = await play({ good: GOOD, once: ONCE, ...many });
    expect({ status, saved, totals }).toEqual({ status: 1, saved: [], totals: { passed: 2, failed: 11, broken: 0 } });
  });
});
