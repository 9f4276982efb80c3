import { it } from '@jest/globals';
import type { SessionTierCase } from '../../../lib/testing/index.js';

/** Of a case; longer than its own, which says what it waited for. */
export const CASE_TIMEOUT_MS = 40_000;

/** Each case as a test. */
export function play(cases: readonly SessionTierCase[]): void {
  it.each(cases)('$rule: $name', ({ run }) => run(), CASE_TIMEOUT_MS);
}
