import { CONSUMERS } from '../consumers/index.js';
import type { FaultConsumer } from '../consumers/consumer.js';
import type { FaultRow, Variant } from '../rows/row.js';
import { withoutFallback, type Cell } from './cells.js';

/** What a consumer owes in a row. */
export function cellOf(row: FaultRow, variant: Variant, consumer: FaultConsumer, kind: 'read' | 'write'): Cell {
  const own = ownCellsOf(row, variant)?.[consumer.name];
  const named = own ?? row.cells[consumer.name] ?? (consumer.like === undefined ? undefined : row.cells[consumer.like]);
  if (named === undefined) throw new Error(`The row ${row.name} names no cell for ${consumer.name}`);
  const cell = typeof named === 'string' ? named : named[kind];
  const refused = kind === 'write' && consumer.rejectsWrites ? cell.replace(/\bM\b/, `E(${row.kind})`) : cell;
  if (variant === 'bare') return withoutFallback(refused, row.kind);
  return variant === 'postgres' && own === undefined ? refused.replaceAll('F', 'P') : refused;
}

/** Those of the variant's own. */
function ownCellsOf(row: FaultRow, variant: Variant): FaultRow['bareCells'] {
  if (variant === 'bare') return row.bareCells;
  return variant === 'postgres' ? row.postgresCells : undefined;
}

/** What health has to name during the fault, where anything. */
export function healthSaysOf(row: FaultRow, variant: Variant): string | undefined {
  if (variant !== 'postgres' || row.healthSays !== undefined) return row.healthSays;
  const { session } = row.cells;
  // all of it is answered by Postgres
  return session === 'F' ? '"tier":"postgres"' : undefined;
}

export function healthCellOf(row: FaultRow, variant: Variant): Cell {
  return variant === 'bare' ? (row.bareHealth ?? row.health) : row.health;
}

/** K of the matrix. */
export function socketsOf(row: FaultRow): number {
  return row.sockets ?? 1 + CONSUMERS.reduce((sum, { sockets = 0 }) => sum + sockets, 0);
}
