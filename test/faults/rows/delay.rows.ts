import { standalone } from '../topologies/standalone.js';
import { row, type FaultRow } from './row.js';

/** Everything arrives, later. A delay is that of one way. */
export const DELAY_ROWS: readonly FaultRow[] = [
  row({
    name: 'slow_400ms',
    // the machine that this runs on has pauses of its own, and they count, too
    options: { commandTimeoutMs: 1_000 },
    hides: 'nothing: a slow server that keeps its deadlines is no fault, and must raise no alarm.',
    topology: standalone(),
    inflict: ({ proxy }) => proxy.delay(200),
    lift: ({ proxy }) => proxy.pass(),
    kind: 'timeout',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    duringMs: 4_000,
  }),
  row({
    name: 'delay_beyond',
    hides: 'a late reply must not be taken for the answer to another call, nor its command for one that did not run.',
    topology: standalone(),
    inflict: ({ proxy }) => proxy.delay(400),
    lift: ({ proxy }) => proxy.pass(),
    kind: 'timeout',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
    health: 'degraded(timeout)',
    bareHealth: 'down(timeout)',
    duringMs: 4_000,
  }),
];
