import { allows, either, type Cell, type Seen } from './cells.js';
import type { ColumnReport } from './cell.js';
import type { Violations } from './violation.js';

/**
 * Where in the life of a cell a call was made: `warming`, the process does everything for the first time, and may be
 * slow at it; `before` and `healed`, all is well; `turning`, the fault begins while it is under way; `starting`, it was
 * there at the start, and the app may not know its kind yet; `during`; `after`, it is over and may still be felt;
 * `closing`, the app is being closed meanwhile.
 */
export type Phase = 'warming' | 'before' | 'turning' | 'starting' | 'during' | 'after' | 'healed' | 'closing';

const FAULTY: ReadonlySet<Phase> = new Set(['turning', 'starting', 'during', 'after', 'closing']);
const CLOSED: Cell = 'F|M|E(closed)|E(unavailable)';

type Columns = Map<string, { readonly seen: Set<Seen>; slowestMs: number }>;

/** What was seen, held against what is allowed. */
export class CellRecord {
  private readonly during: Columns = new Map();
  /** As the fault began and after it ended. */
  private readonly around: Columns = new Map();

  constructor(
    private readonly violations: Violations,
    private readonly limitsMs: { readonly call: number; readonly health: number },
  ) {}

  /** Notes one answer. True where it is what a healthy server gives. */
  note(column: string, what: string, phase: Phase, answer: { seen: Seen; elapsedMs: number }, cell: Cell): boolean {
    const well = column === 'health' ? 'up' : 'R';
    const { seen, elapsedMs } = answer;
    const isWell = seen === well;
    if (phase === 'warming' && seen !== 'HANG') return isWell;
    const allowed = allowedIn(phase, cell, well);
    if (!allows(allowed, seen)) {
      this.violations.add(invariantOf(seen), `${phase}: ${what} gave ${seen}, not ${allowed}`);
    }
    const limitMs = column === 'health' ? this.limitsMs.health : this.limitsMs.call;
    if (elapsedMs > limitMs) {
      this.violations.add(
        'I1',
        `${phase}: ${what} took ${Math.round(elapsedMs / 100) / 10} s, more than ${limitMs} ms`,
      );
    }
    if (FAULTY.has(phase)) remember(phase === 'during' ? this.during : this.around, column, seen, elapsedMs);
    return isWell;
  }

  /** What the table shows: a fault that passes by itself is over before anything could be seen during it. */
  get report(): Record<string, ColumnReport> {
    const columns = this.during.size > 0 ? this.during : this.around;
    return Object.fromEntries(
      [...columns].map(([name, { seen, slowestMs }]) => [name, { seen: [...seen], slowestMs }]),
    );
  }
}

function invariantOf(seen: Seen): 'I1' | 'I9' | 'cell' {
  if (seen === 'HANG') return 'I1';
  return /^(E|down|degraded)\(/.test(seen) ? 'I9' : 'cell';
}

function allowedIn(phase: Phase, cell: Cell, well: string): Cell {
  if (phase === 'during') return cell;
  if (phase === 'starting') return either(cell, cell.replaceAll(/\([^)]+\)/g, '(unavailable)'));
  if (phase === 'closing') return either(either(cell, well), CLOSED);
  return FAULTY.has(phase) ? either(cell, well) : well;
}

function remember(columns: Columns, column: string, seen: Seen, elapsedMs: number): void {
  const known = columns.get(column) ?? { seen: new Set<Seen>(), slowestMs: 0 };
  known.seen.add(seen);
  known.slowestMs = Math.max(known.slowestMs, elapsedMs);
  columns.set(column, known);
}
