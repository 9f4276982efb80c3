import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SessionLoad } from './session-load.js';

/** What came of loads that went through a fault. */
export interface LoadOutcome {
  readonly driver: string;
  readonly fault: string;
  readonly loads: readonly SessionLoad[];
  /** What {@link SessionLoad.compareWith} found at the end. */
  readonly wrong: readonly string[];
  /** From the end of the fault until every node was in step. */
  readonly recoveredMs: number;
}

/** Prints it; and puts it where a long run wants it, `HUB_LONG_RESULT`. */
export function reportLoad({ driver, fault, loads, wrong, recoveredMs }: LoadOutcome): void {
  const sum = (of: (load: SessionLoad) => number): number => loads.reduce((total, load) => total + of(load), 0);
  const revived = wrong.filter((text) => text.includes('destroyed was')).length;
  const stale = sum(({ faults }) => faults.length);
  const slowestMs = Math.round(Math.max(...loads.map((load) => load.slowestMs)));
  const seen =
    `${sum(({ acknowledged }) => acknowledged)} changes acknowledged, ${wrong.length - revived} lost, ${stale} stale, ${revived} resurrected, `
    + `${sum(({ failures }) => failures.length)} failed, longest change and read ${slowestMs} ms, trusted after ${Math.round(recoveredMs)} ms`;
  process.stderr.write(`  ${driver}, ${fault}: ${seen}\n`);
  keep({ driver, what: fault, seen, isGood: wrong.length + stale === 0 });
}

function keep(finding: object): void {
  const file = process.env['HUB_LONG_RESULT'];
  if (file === undefined) return;
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify([...(before as object[]), finding], undefined, 2));
}
