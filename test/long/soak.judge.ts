import { finding, type Finding } from './result.js';
import type { SoakSample } from './soak.messages.js';
import { median, trendOf } from './trend.js';
import type { Vitals } from './vitals.js';

const MB = 2 ** 20;
const HEAP_SHARE = 0.05;
const LINES_A_MINUTE = 20;
const SLOWEST_MS = 1_500;

/** What was seen from outside, beside a sample. */
export interface Observation extends SoakSample {
  readonly sockets: number;
  /** Logged so far, and minutes since the start. */
  readonly lines: number;
  readonly minutes: number;
}

/** Names of figures that must not grow, and by how much their median may. */
const COUNTED: readonly (readonly [keyof Vitals | 'sockets', number])[] = [
  ['sockets', 0],
  ['listeners', 0],
  ['emitters', 3],
  ['eventTargets', 5],
  ['handles', 1],
  ['timers', 5],
];

export function judgeVitals(
  driver: string,
  samples: readonly (Vitals & { readonly sockets: number })[],
  heapBytes?: number,
): Finding[] {
  const heaps = samples.map(({ heapBytes: bytes }) => bytes / MB);
  const heap = trendOf(heaps, heapBytes === undefined ? median(heaps) * HEAP_SHARE : heapBytes / MB);
  const heapText = `${heap.first.toFixed(2)}, ${heap.early.toFixed(2)}, ${heap.late.toFixed(2)}`;
  return [
    finding(driver, 'heap after collection, MB: first, early, late', heapText, heap.isFlat),
    ...COUNTED.map(([name, allowed]) => {
      const trend = trendOf(
        samples.map((one) => one[name]),
        allowed,
      );
      return finding(
        driver,
        `${name}: first, early, late`,
        `${trend.first}, ${trend.early}, ${trend.late}`,
        trend.isFlat,
      );
    }),
  ];
}

export function judgeSoak(driver: string, seen: readonly Observation[]): Finding[] {
  const sum = (of: (one: Observation) => number): number => seen.reduce((total, one) => total + of(one), 0);
  const slowest = seen.map((one) => one.slowest).toSorted((a, b) => b.ms - a.ms)[0];
  const stallMs = Math.max(...seen.map((one) => one.stallMs));
  const slowestText = `${Math.round(slowest?.ms ?? 0)} (${slowest?.name}), ${Math.round(stallMs)}`;
  const isInTime = (slowest?.ms ?? Number.NaN) - stallMs < SLOWEST_MS;
  const [first, last] = [seen[0], seen.at(-1)];
  // From the first sample on: what an app says at its start is no matter of outages.
  const lines = first && last ? (last.lines - first.lines) / (last.minutes - first.minutes) : Number.NaN;
  const wrong = seen.flatMap((one) => one.wrong);
  const foreign = seen.flatMap((one) => one.foreign);
  const complaints = last?.complaints ?? Number.NaN;
  return [
    ...judgeVitals(driver, seen),
    finding(driver, 'lines logged a minute', lines.toFixed(1), lines < LINES_A_MINUTE),
    finding(
      driver,
      'calls, of them rejected',
      `${sum(({ calls }) => calls)}, ${sum(({ failures }) => failures)}`,
      true,
    ),
    finding(driver, 'slowest call, longest stall of the process, ms', slowestText, isInTime),
    finding(driver, 'wrong answers', wrong.length === 0 ? 0 : wrong.slice(0, 3).join('; '), wrong.length === 0),
    finding(
      driver,
      'errors of another kind',
      foreign.length === 0 ? 0 : foreign.slice(0, 3).join('; '),
      foreign.length === 0,
    ),
    finding(driver, 'unhandled rejections, exceptions, warnings', complaints, complaints === 0),
  ];
}

/** @param lost sessions whose acknowledged change is not in Redis */
export function judgeEnd(
  driver: string,
  seen: readonly Observation[],
  lost: number,
  sessions: number,
  code: unknown,
): Finding[] {
  const added = new Set(seen.flatMap((one) => one.added));
  const ran = seen.flatMap((one) => one.ran);
  const missing = [...added].filter((n) => !new Set(ran).has(n));
  const twice = ran.length - new Set(ran).size;
  return [
    finding(driver, 'acknowledged sessions, of them lost', `${sessions}, ${lost}`, sessions > 0 && lost === 0),
    finding(
      driver,
      'acknowledged jobs, of them lost',
      `${added.size}, ${missing.length}`,
      added.size > 0 && missing.length === 0,
    ),
    finding(driver, 'jobs that ran twice', twice, twice === 0),
    finding(driver, 'exit code, after closing', String(code), code === 0),
  ];
}
