import { standalone } from '../topologies/standalone.js';
import { checkNoStorm, checkNothingWritten } from './checks.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

/** The client's: those of the worker and of the queue events wait for it. */
const CONNECTIONS = 1;
const WRONG_PASSWORD = 'WRONGPASS-SECRET-2342';

/** The server answers, and refuses. */
export const REFUSAL_ROWS: readonly FaultRow[] = [
  row({
    name: 'wrong_password_at_start',
    hides: 'both retry for ever, and the reason is only in the `error` event.',
    topology: standalone(),
    options: { password: WRONG_PASSWORD },
    secrets: [WRONG_PASSWORD],
    atStart: true,
    lift: async ({ server }) => void (await server.command('CONFIG', 'SET', 'requirepass', WRONG_PASSWORD)),
    kind: 'auth',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(auth)' },
    health: 'degraded(auth)',
    bareHealth: 'down(auth)',
    variants: [...WITH_POSTGRES, 'strict'],
    duringMs: 6_000,
    recoverMs: 12_000,
    check: async (world, moment) =>
      moment === 'during' ? [...(await checkNothingWritten(world)), ...checkNoStorm(world, CONNECTIONS)] : [],
    short: true,
  }),
  row({
    name: 'oom',
    hides: 'ioredis says EXECABORT of a transaction, node-redis OOM; and the value is in the error of ioredis.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    inflict: async ({ server }) => void (await server.command('CONFIG', 'SET', 'maxmemory', 1)),
    lift: async ({ server }) => void (await server.command('CONFIG', 'SET', 'maxmemory', 0)),
    kind: 'oom',
    cells: {
      session: { read: 'R', write: 'F' },
      // a chat of which an append was refused is cold, and a cold chat needs no append: the loader has it all
      context: { read: 'R', write: 'M|R' },
      cache: { read: 'R', write: 'M' },
      queue: 'E(oom)',
    },
    bareCells: { context: { read: 'R', write: 'M' } },
    health: 'degraded(oom)',
    short: true,
  }),
];
