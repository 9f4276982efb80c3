import { eventually } from '../../support/eventually.js';
import { killServer, restartServer, standalone, type Standalone } from '../topologies/standalone.js';
import { checkDials, type Finding } from './checks.js';
import { note, notesOf } from './notes.js';
import { row, type FaultRow, type RowTools } from './row.js';

interface Ensured {
  readonly clients: number;
  readonly rejected: readonly string[];
}

const CALLERS = 100;
/** Longer than any fault of these. */
const PATIENCE_MS = 10_000;
/** A first connection has so long before those who wait are told that it failed. */
const PATIENT = { connectTimeoutMs: PATIENCE_MS } as const;
/** The client's, the worker's and the queue events'. */
const CONNECTIONS = 3;
/** Of each connection while the server is silent: attempts of two seconds, and a look at what speaks there. */
const SILENT_DIALS = 8;

const WELL = { kind: 'none', cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' }, health: 'up' } as const;

const DOWN = {
  kind: 'connection',
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
  health: 'degraded(connection)',
  bareHealth: 'down(connection)',
} as const;

const SILENT = {
  kind: 'timeout',
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
  health: 'degraded(timeout)',
  bareHealth: 'down(timeout)',
} as const;

/** Ends while it is on. In the twin calls are under way then; the other is ended by a signal. */
const ENDS = { endsDuring: true, endsUnderTraffic: true, duringMs: 1_000 } as const;

/** Each state of a connection: the end of the app in it, and many callers at once who want it connected. */
export const STATE_ROWS: readonly FaultRow[] = [
  row({
    ...WELL,
    ...ENDS,
    name: 'shutdown_healthy',
    hides: 'nothing: what is owed is waited for.',
    topology: standalone(),
  }),
  row({
    ...SILENT,
    ...ENDS,
    name: 'shutdown_hung',
    hides: "ioredis' `quit()` and node-redis' `close()` hang; a worker waits for its fetch.",
    topology: standalone(),
    inflict: ({ server }) => server.freeze(),
    short: true,
  }),
  row({
    ...DOWN,
    ...ENDS,
    name: 'shutdown_down',
    hides: 'what waits in ioredis is stranded: it never settles.',
    topology: standalone(),
    inflict: killServer,
  }),
  row({
    ...SILENT,
    ...ENDS,
    name: 'shutdown_connecting',
    hides: 'a handshake that nobody ends keeps the process.',
    topology: standalone(),
    atStart: true,
    inflict: ({ proxy }) => proxy.silent(),
    duringMs: 200,
  }),
  row({
    ...WELL,
    name: 'ensure_connected',
    hides: 'a second `connect()` is rejected: "already connecting", "Socket already opened".',
    topology: standalone(),
    inflict: async (world, tools) => {
      askMany(world, tools);
      await checkAsked(world);
    },
    check: async (world, moment) => (moment === 'end' ? [...notesOf(world), ...checkDials(world, CONNECTIONS)] : []),
  }),
  row({
    ...SILENT,
    name: 'ensure_connecting',
    hides: 'a second `connect()` is rejected, and the first one never settles.',
    topology: standalone(),
    options: PATIENT,
    atStart: true,
    inflict: ({ proxy }) => proxy.silent(),
    prepare: askMany,
    lift: ({ proxy }) => proxy.pass(),
    check: checkAll,
  }),
  row({
    // first it is lost, and then nobody answers
    kind: 'timeout/connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout/connection)' },
    health: 'degraded(timeout/connection)',
    bareHealth: 'down(timeout/connection)',
    name: 'ensure_reconnecting',
    hides: 'a second `connect()` is rejected, and the first one never settles.',
    topology: standalone(),
    options: PATIENT,
    inflict: (world, tools) => {
      world.proxy.silent();
      world.proxy.reset();
      askMany(world, tools);
    },
    lift: ({ proxy }) => proxy.pass(),
    check: checkAll,
  }),
  row({
    ...DOWN,
    name: 'ensure_failed',
    hides: 'what was given up is not begun again, or by each caller for himself.',
    topology: standalone(),
    atStart: true,
    inflict: killServer,
    prepare: async (_world, tools) => {
      const isFailed = async (): Promise<boolean> => (await tools.call('connection', 'state')) === 'failed';
      await eventually(isFailed, { timeoutMs: 5_000, intervalMs: 100, what: 'the state failed' });
    },
    lift: async (world, tools) => {
      askMany(world, tools);
      await restartServer(world);
    },
    check: checkAll,
  }),
];

const ASKED = new WeakMap<Standalone, Promise<Ensured>>();

/** Many callers at once; the answers are looked at later. */
function askMany(world: Standalone, { call }: RowTools): void {
  const asked = call<Ensured>('connection', 'ensure', CALLERS, PATIENCE_MS);
  asked.catch(() => undefined);
  ASKED.set(world, asked);
}

/** All were given the one client. */
async function checkAsked(world: Standalone): Promise<void> {
  const { clients, rejected } = await ASKED.get(world)!;
  if (clients !== 1) note(world, `I8: ${CALLERS} callers were given ${clients} clients`);
  if (rejected.length > 0) note(world, `I2: ${rejected.length} of ${CALLERS} callers were given none: ${rejected[0]}`);
}

async function checkAll(world: Standalone, moment: 'during' | 'end'): Promise<readonly Finding[]> {
  if (moment === 'during') return [];
  await checkAsked(world);
  return [...notesOf(world), ...checkDials(world, CONNECTIONS * SILENT_DIALS)];
}
