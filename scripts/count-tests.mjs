/** Prints how many tests of the last `npm test` passed and how many failed; a file that could not be run is a failure. */
import { testTotals } from './lib/test-results.mjs';

const { passed, failed, broken } = testTotals();
console.log(passed, failed + broken);
