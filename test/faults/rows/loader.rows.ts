import { eventually } from '../../support/eventually.js';
import { idOf } from '../protocol.js';
import { killServer, restartServer, standalone, type Standalone } from '../topologies/standalone.js';
import { checkLoads, warmUp } from './loader-checks.js';
import { row, type FaultRow, type RowTools } from './row.js';

/** As everywhere, from the return of the server on. */
const RECOVER_MS = 6_000;

/** Of the callers of the suite. */
const CHATS = [0, 1, 2].map((caller) => idOf('chat', caller));

/** Without a loader there is none to fail. */
const OF_LOADER = {
  topology: standalone(),
  variants: ['main'],
  settings: { context: { loaderTimeoutMs: 800 } },
} satisfies Partial<FaultRow<Standalone>>;

/** Redis is well, and serves all that it holds. */
const BESIDE = { ...OF_LOADER, prepare: warmUp, kind: 'none', health: 'up', lift: mend, check: checkLoads } as const;

const SERVED = { session: 'R', cache: 'R', queue: 'R' } as const;

/** Redis is out, and the loader answers in its stead. */
const IN_ITS_STEAD = {
  ...OF_LOADER,
  kind: 'connection',
  health: 'degraded(connection)',
  lift: returnBoth,
} as const;

const FALLEN_BACK = { session: 'F', cache: 'M', queue: 'E(connection)' } as const;

const THROWN = 'ChatDatabaseError';

/** The place where the chats are really kept is slow, fails, or does not answer. */
export const LOADER_ROWS: readonly FaultRow[] = [
  row({
    ...BESIDE,
    name: 'loader_slow',
    hides: 'nothing: who reads a chat that Redis does not hold waits for it, and nobody else.',
    inflict: (_world, tools) => suffer(tools, 'slow'),
    cells: { ...SERVED, context: 'R' },
  }),
  row({
    ...BESIDE,
    name: 'loader_throws',
    hides: 'nothing: it is the error of the app, which has to know it again.',
    inflict: (_world, tools) => suffer(tools, 'throws'),
    cells: { ...SERVED, context: { read: `E(${THROWN})`, write: 'R' } },
    appErrors: [THROWN],
    short: true,
  }),
  row({
    ...BESIDE,
    name: 'loader_hung',
    hides: 'nothing: a promise that never settles is waited for, and what it gives too late is of another time.',
    inflict: (_world, tools) => suffer(tools, 'hung'),
    cells: { ...SERVED, context: { read: 'E(command-timeout)', write: 'R' } },
  }),
  row({
    ...IN_ITS_STEAD,
    name: 'loader_slow_in_outage',
    hides: 'nothing: each read has to be loaded.',
    inflict: (world, tools) => strike(world, tools, 'slow'),
    cells: { ...FALLEN_BACK, context: 'M' },
  }),
  row({
    ...IN_ITS_STEAD,
    name: 'loader_throws_in_outage',
    hides: 'nothing: there is nobody left who could answer.',
    inflict: (world, tools) => strike(world, tools, 'throws'),
    cells: { ...FALLEN_BACK, context: { read: `E(${THROWN})`, write: 'E(connection)' } },
    appErrors: [THROWN],
  }),
  row({
    ...IN_ITS_STEAD,
    name: 'loader_hung_in_outage',
    hides: 'nothing: there is nobody left who could answer, and none who says so.',
    inflict: (world, tools) => strike(world, tools, 'hung'),
    cells: { ...FALLEN_BACK, context: { read: 'E(command-timeout)', write: 'E(connection)' } },
  }),
];

/** From now on each chat of the callers has to be loaded. */
async function suffer({ call }: RowTools, fault: string): Promise<void> {
  await call('database', 'suffer', fault);
  for (const chat of CHATS) await call('context', 'forget', chat);
}

async function strike(world: Standalone, { call }: RowTools, fault: string): Promise<void> {
  await call('database', 'suffer', fault);
  await killServer(world);
}

/** Redis first: what it is not told of a chat it must not answer for, as long as nobody can tell it. */
async function returnBoth(world: Standalone, tools: RowTools): Promise<void> {
  await restartServer(world);
  const isConnected = async (): Promise<boolean> => (await tools.call('connection', 'state')) === 'connected';
  await eventually(isConnected, { timeoutMs: RECOVER_MS, intervalMs: 50, what: 'the app to be connected' });
  await mend(world, tools);
}

async function mend(_world: Standalone, { call }: RowTools): Promise<void> {
  await call('database', 'suffer', 'none');
}
