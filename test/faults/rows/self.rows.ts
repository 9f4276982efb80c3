import type { InvariantId } from '../runner/violation.js';
import { killServer, restartServer, standalone, type Standalone } from '../topologies/standalone.js';
import type { World } from '../topologies/world.js';
import { checkNothingWritten } from './checks.js';
import { row, type FaultRow } from './row.js';

/** An app that is broken on purpose, and the invariant that must be found violated: the suite tries itself. */
function selfTest(violates: InvariantId, sabotage: string, more: Partial<FaultRow> = {}): FaultRow {
  return row<World>({
    name: `self_${violates}_${sabotage}`,
    hides: 'nothing: the app is broken on purpose, and the suite must see it.',
    topology: standalone(),
    sabotage,
    violates,
    drivers: ['ioredis'],
    variants: ['main'],
    kind: 'none',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    short: true,
    duringMs: 500,
    recoverMs: 3_000,
    ...more,
  });
}

/** One for each invariant. */
export const SELF_ROWS: readonly FaultRow[] = [
  selfTest('I1', 'slow'),
  row<Standalone>({
    ...selfTest('I2', 'grudge'),
    topology: standalone(),
    inflict: killServer,
    lift: restartServer,
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
  }),
  selfTest('I3', 'forget'),
  selfTest('I4', 'repeat'),
  // what is broken is so on the second, quiet try as well
  selfTest('I5', 'confuse', { twice: true }),
  selfTest('I6', 'reject'),
  selfTest('I7', 'print'),
  selfTest('I7', 'tell'),
  selfTest('I8', 'hoard'),
  selfTest('I9', 'bare'),
  row<Standalone>({
    ...selfTest('I10', 'none'),
    topology: standalone(),
    check: (world) => checkNothingWritten(world),
  }),
  selfTest('I11', 'chatter'),
];
