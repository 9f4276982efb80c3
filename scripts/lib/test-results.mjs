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

/** The files of a Jest run with a failure; none where there is no result. */
export function failedFiles(result) {
  const failed = (result?.testResults ?? []).filter(({ status }) => status === 'failed');
  return [...new Set(failed.map(({ name }) => name))];
}

/** A Jest run in which what some files gave is replaced by what they gave in a second one. */
export function withSecondRun(first, second) {
  const again = new Set(second.testResults.map(({ name }) => name));
  const testResults = [...first.testResults.filter(({ name }) => !again.has(name)), ...second.testResults];
  const count = (status) =>
    testResults.reduce((sum, file) => sum + file.assertionResults.filter((test) => test.status === status).length, 0);
  const isBroken = ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  return {
    ...first,
    success: second.success,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numRuntimeErrorTestSuites: testResults.filter(isBroken).length,
    testResults,
  };
}
