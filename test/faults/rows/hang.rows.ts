import { setTimeout as sleep } from 'node:timers/promises';
import { standalone } from '../topologies/standalone.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

const TIMEOUT = {
  kind: 'timeout',
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
  health: 'degraded(timeout)',
  bareHealth: 'down(timeout)',
} as const;

const HALF_OPEN = {
  kind: 'timeout',
  cells: { session: 'F|R', context: 'M|R', cache: 'M|R', queue: 'E(timeout)|R' },
  health: 'degraded(timeout)|up',
  bareHealth: 'down(timeout)|up',
} as const;

/** The idle time in which nobody but a watchdog can notice. */
const IDLE_MS = 3_000;

/** The socket stays open, and nothing comes. */
export const HANG_ROWS: readonly FaultRow[] = [
  row({
    ...TIMEOUT,
    name: 'hung_server',
    hides: 'neither driver bounds a command that was written; ioredis sends it again later.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    inflict: ({ server }) => server.freeze(),
    lift: ({ server }) => server.thaw(),
    duringMs: 4_000,
    short: ['main', 'bare'],
  }),
  row({
    ...HALF_OPEN,
    name: 'half_open_idle',
    hides: 'neither driver notices a socket that leads nowhere; both hang on it for ever.',
    topology: standalone(),
    inflict: async ({ proxy }) => {
      proxy.halfOpen();
      await sleep(IDLE_MS);
    },
    recoverMs: 3_000,
  }),
  row({
    ...HALF_OPEN,
    name: 'half_open_under_traffic',
    hides: "node-redis' `socketTimeout` is reset by each write, so that under traffic it never comes.",
    topology: standalone(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    inflict: ({ proxy }) => proxy.halfOpen(),
    recoverMs: 5_000,
    short: true,
  }),
];
