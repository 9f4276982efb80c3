import { killServer, restartServer, standalone } from '../topologies/standalone.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

/** The socket is lost, and everybody knows it. */
export const LOSS_ROWS: readonly FaultRow[] = [
  row({
    name: 'reset_all',
    hides: 'node-redis emits `error`, which ends a process that does not listen; ioredis sends again what it sent.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    inflict: ({ proxy }) => proxy.reset(),
    kind: 'connection',
    cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'E(connection)|R' },
    health: 'up|degraded(connection)',
    bareHealth: 'up|down(connection)',
    short: true,
  }),
  row({
    name: 'kill9_restart',
    hides: 'ioredis sends again what may have been executed.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    inflict: killServer,
    lift: restartServer,
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    short: ['main', 'postgres'],
  }),
];
