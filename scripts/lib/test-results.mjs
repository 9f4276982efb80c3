import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/** Where each Jest run of `npm test` leaves its result. */
export const RESULTS = 'build/test-results';

/** How many tests passed and failed, and how many files could not be run at all. */
export function testTotals(root = ROOT) {
  const folder = join(root, RESULTS);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const results = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  return { passed: sum('numPassedTests'), failed: sum('numFailedTests'), broken: sum('numRuntimeErrorTestSuites') };
}
