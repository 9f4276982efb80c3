import { killServer, restartServer, standalone } from '../topologies/standalone.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

/** Faults that are there when the app boots, and health without any. */
export const START_ROWS: readonly FaultRow[] = [
  row({
    name: 'none',
    hides: 'nothing: all is well.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    kind: 'none',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    short: true,
  }),
  row({
    name: 'down_at_start',
    hides: "node-redis' `connect()` never settles; ioredis' says that the connection is closed, and hides why.",
    topology: standalone(),
    atStart: true,
    inflict: killServer,
    lift: restartServer,
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    variants: [...WITH_POSTGRES, 'strict'],
    short: ['main', 'strict'],
  }),
  row({
    name: 'silent_at_start',
    hides: 'neither driver bounds the handshake, nor recovers when the network heals.',
    topology: standalone(),
    atStart: true,
    inflict: ({ proxy }) => proxy.silent(),
    lift: ({ proxy }) => proxy.pass(),
    kind: 'timeout',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
    health: 'degraded(timeout)',
    bareHealth: 'down(timeout)',
    variants: ['main', 'bare', 'strict'],
    duringMs: 4_000,
  }),
];
