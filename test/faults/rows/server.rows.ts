import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { killServer, restartServer, standalone, type Standalone } from '../topologies/standalone.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

const OUT = {
  kind: 'timeout',
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
  health: 'degraded(timeout)',
  bareHealth: 'down(timeout)',
} as const;

/** How long the server is not to be spoken to; rounds are played for less. */
const AWAY_MS = 9_000;
const DURING_MS = 4_000;

const FLUSHES = 40;
const FLUSH_MS = 50;

/** Nothing ends these from outside: until the server answers. */
async function untilBack({ server }: Standalone): Promise<void> {
  const isBack = (): Promise<boolean> =>
    server.command('PING').then(
      () => true,
      () => false,
    );
  await eventually(isBack, { timeoutMs: 2 * AWAY_MS, what: 'the server is back' });
}

/** Sent, and not waited for: the answer comes when it is over, or never. */
async function sendOnly({ server }: Standalone, ...command: (string | number)[]): Promise<void> {
  const probe = await server.connect();
  void probe
    .call(...command)
    .catch(() => undefined)
    .finally(() => probe.close());
  await sleep(50);
}

/** The server is there, and busy with something else. */
export const SERVER_ROWS: readonly FaultRow[] = [
  row({
    ...OUT,
    name: 'client_pause',
    hides: 'both wait for as long as the pause.',
    topology: standalone(),
    inflict: async ({ server }) => void (await server.command('CLIENT', 'PAUSE', AWAY_MS, 'ALL')),
    lift: untilBack,
    duringMs: DURING_MS,
  }),
  row({
    ...OUT,
    name: 'client_pause_write',
    hides: 'both let a read wait behind the write before it.',
    topology: standalone(),
    inflict: async ({ server }) => void (await server.command('CLIENT', 'PAUSE', 60_000, 'WRITE')),
    lift: async ({ server }) => void (await server.command('CLIENT', 'UNPAUSE')),
    // on a socket on which nothing was written yet, a read is answered
    cells: {
      session: { read: 'F|R', write: 'F' },
      context: 'M',
      cache: { read: 'M|R', write: 'M' },
      queue: 'E(timeout)',
    },
    health: 'degraded(timeout)|up',
    bareHealth: 'down(timeout)|up',
    duringMs: DURING_MS,
  }),
  row({
    ...OUT,
    name: 'debug_sleep',
    hides: 'both wait for as long as the server sleeps.',
    topology: standalone({ config: ['enable-debug-command yes'] }),
    underTraffic: true,
    inflict: (world) => sendOnly(world, 'DEBUG', 'SLEEP', AWAY_MS / 1_000),
    lift: untilBack,
    duringMs: DURING_MS,
  }),
  row({
    ...OUT,
    name: 'busy_script',
    hides: 'both wait until the server begins to say BUSY, and then give that to each caller in its own class.',
    topology: standalone({ config: ['busy-reply-threshold 200'] }),
    underTraffic: true,
    inflict: (world) => sendOnly(world, 'EVAL', 'while true do end', 0),
    lift: async ({ server }) => void (await server.command('SCRIPT', 'KILL')),
    kind: 'timeout/busy',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout/busy)' },
    health: 'degraded(timeout/busy)',
    bareHealth: 'down(timeout/busy)',
    duringMs: DURING_MS,
  }),
  row({
    name: 'script_flush',
    hides: 'both believe that a server knows the scripts that it once knew; in a MULTI node-redis cannot load them.',
    topology: standalone(),
    underTraffic: true,
    inflict: async ({ server }) => {
      for (let n = 0; n < FLUSHES; n += 1) {
        await server.command('SCRIPT', 'FLUSH');
        await sleep(FLUSH_MS);
      }
    },
    kind: 'none',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
  }),
  row({
    name: 'restart_empty',
    hides: 'nothing: no driver can know that a server came back without its data. A fallback can.',
    topology: standalone({ appendonly: false }),
    variants: WITH_POSTGRES,
    underTraffic: true,
    inflict: killServer,
    lift: restartServer,
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    // what nobody but this server had is lost with it; of sessions the fallback has a copy
    forgotten: { main: ['counter', 'queue'], bare: ['session', 'context', 'counter', 'queue'] },
  }),
];
