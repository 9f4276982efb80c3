import type { World } from '../topologies/world.js';
import type { Finding } from './checks.js';
import type { RowTools } from './row.js';

const MISSED = 'Sessions go without Postgres';
const CALLS = 5;
/** Half of what a statement may take: a server that is known to be out is not waited for. */
const PROMPT_MS = 250;
/** Its pool, and the one that watches. */
const MOST_SOCKETS = 11;

/** Whether the log has said that Postgres is missed. */
export function saysThatPostgresIsMissed({ lines }: RowTools): boolean {
  return lines.some((line) => line.includes(MISSED));
}

/** During the fault nobody waits for Postgres; at the end it was said once, and it holds no more sockets than its own. */
export async function checkPostgres(_world: World, moment: 'during' | 'end', tools: RowTools): Promise<Finding[]> {
  if (moment === 'during') return checkPrompt(tools);
  const said = tools.lines.filter((line) => line.includes(MISSED)).length;
  const { sockets } = tools.postgres;
  return [
    ...(said === 1 ? [] : [`I11: that Postgres is missed was said ${said} times` as const]),
    ...(sockets <= MOST_SOCKETS ? [] : [`I8: ${sockets} sockets to Postgres, not ${MOST_SOCKETS} at most` as const]),
  ];
}

async function checkPrompt({ call }: RowTools): Promise<Finding[]> {
  const tookMs: number[] = [];
  for (let n = 1; n <= CALLS; n += 1) {
    const startedAt = performance.now();
    await call('session', 'write', 'prompt', n);
    tookMs.push(performance.now() - startedAt);
  }
  const median = tookMs.toSorted((a, b) => a - b)[Math.floor(CALLS / 2)] ?? 0;
  return median <= PROMPT_MS ? [] : [`I1: a change waits for ${Math.round(median)} ms while Postgres is out`];
}
