import { CONSUMERS } from '../consumers/index.js';
import type { FaultConsumer } from '../consumers/consumer.js';
import type { FaultRow, Variant } from '../rows/row.js';
import { withoutFallback, type Cell } from './cells.js';

/** What a consumer owes in a row. */
export function cellOf(row: FaultRow, variant: Variant, consumer: FaultConsumer, kind: 'read' | 'write'): Cell {
  const own = variant === 'bare' ? row.bareCells?.[consumer.name] : undefined;
  const named = own ?? row.cells[consumer.name] ?? (consumer.like === undefined ? undefined : row.cells[consumer.like]);
  if (named === undefined) throw new Error(`The row ${row.name} names no cell for ${consumer.name}`);
  const cell = typeof named === 'string' ? named : named[kind];
  const refused = kind === 'write' && consumer.rejectsWrites ? cell.replace(/\bM\b/, `E(${row.kind})`) : cell;
  return variant === 'bare' ? withoutFallback(refused, row.kind) : refused;
}

export function healthCellOf(row: FaultRow, variant: Variant): Cell {
  return variant === 'bare' ? (row.bareHealth ?? row.health) : row.health;
}

/** K of the matrix. */
export function socketsOf(row: FaultRow): number {
  return row.sockets ?? 1 + CONSUMERS.reduce((sum, { sockets = 0 }) => sum + sockets, 0);
}
