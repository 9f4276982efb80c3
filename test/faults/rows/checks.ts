import type { Standalone } from '../topologies/standalone.js';

/** A violation that a row's own check found. */
export type Finding = `I${number}: ${string}`;

/** The first attempts may follow each other quickly. */
const PROMPT_MS = 1_000;
const PAUSE_MS = 5_000;

/** A server that refuses us is asked once in five seconds by each connection, after the first few times. */
export function checkNoStorm({ dials }: Pick<Standalone, 'dials'>, connections: number): Finding[] {
  const [first = performance.now()] = dials;
  const allowed = connections * Math.ceil((performance.now() - first - PROMPT_MS) / PAUSE_MS);
  const later = dials.filter((at) => at - first > PROMPT_MS);
  return later.length <= allowed ? [] : [`I11: ${later.length} attempts to connect, not ${allowed} at most`];
}

/** Nothing was written, in whatever database. */
export async function checkNothingWritten({ server }: Pick<Standalone, 'server'>): Promise<Finding[]> {
  const keyspace = String(await server.command('INFO', 'keyspace'));
  const found = keyspace.split('\n').filter((line) => line.startsWith('db'));
  return found.map((line) => `I10: keys were written: ${line.trim()}` as const);
}

/** So many sockets were opened at most, from the start on. */
export function checkDials({ dials }: Standalone, most: number): Finding[] {
  return dials.length <= most ? [] : [`I11: ${dials.length} sockets were opened, not ${most} at most`];
}
