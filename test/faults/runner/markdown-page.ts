import type { CellReport } from './cell.js';
import { tableOf, toMarkdown } from './table.js';

/** docs/FAULT_TABLE.md: what the last whole run saw. */
export function markdownPage(reports: readonly CellReport[]): string {
  const faults = reports.filter(({ cell: { row } }) => row.violates === undefined);
  const rows = [...new Map(faults.map(({ cell: { row } }) => [row.name, row])).values()];
  return [
    '# The fault table',
    '',
    'What each consumer answered while a fault was on, as the last run of `npm run test:faults -- --write` saw it, with the',
    'slowest answer and the time to recover. Every line is a run of the whole app against servers of its own.',
    '',
    '- **R** answered by Redis. **P** answered by Postgres. **F** answered by another fallback. **M** a miss that does not',
    '  throw. **E(kind)** rejected with a `RedisError` of that kind.',
    '- **main**: every consumer has its fallback. **bare**: none has. **strict**: a fail-fast boot, which must fail.',
    '  **postgres**: as main, and sessions are in Postgres too.',
    '- _recovered_: from the end of the fault to the first of three rounds in a row in which all was well.',
    '',
    toMarkdown(tableOf(reports)),
    '',
    '## What each fault does to a driver that is left to itself',
    '',
    ...rows.map(({ name, hides }) => `- \`${name}\`: ${hides}`),
    '',
  ].join('\n');
}
