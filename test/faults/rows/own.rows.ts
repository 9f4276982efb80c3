import { eventually } from '../../support/eventually.js';
import { killServer, restartServer, standalone, type Standalone } from '../topologies/standalone.js';
import { checkDials } from './checks.js';
import { note, notesOf } from './notes.js';
import { row, type FaultRow, type RowTools } from './row.js';

type Outcomes = Readonly<Record<string, number>>;

const BLOCK_MS = 6_000;
/** As many as are under way when the process is blocked; see the app. */
const UNDER_WAY = 50;
/** The app's three. One may be opened again: BullMQ ends what blocks past its time by a timer of its own. */
const SOCKETS = 3;

/** Of BullMQ's additions fewer: it makes far more of each before it asks. */
const BURSTS = { port: 20_000, cache: 20_000, session: 20_000, queue: 4_000 } as const;
const AT_ONCE = 4_000;
const TEXT_BYTES = 1_024;
const MOST_GROWTH_MB = 10;
const MB = 1024 * 1024;

/** What the process does to itself. */
export const OWN_ROWS: readonly FaultRow[] = [
  row({
    name: 'process_blocked',
    hides: 'a timer that is due when the process runs again fires before the answers are read that came long ago.',
    topology: standalone(),
    inflict: async (world, { call }) => {
      const outcomes = await call<Outcomes>('strain', 'block', 'blocked', BLOCK_MS);
      if (outcomes['ok'] !== UNDER_WAY) note(world, `I1: of ${UNDER_WAY} calls there were ${textOf(outcomes)}`);
      const sum = Number(await world.server.command('GET', 'blocked'));
      if (sum !== UNDER_WAY) note(world, `I4: ${UNDER_WAY} increments made ${sum}`);
    },
    kind: 'none',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    check: (world, moment) =>
      Promise.resolve(moment === 'end' ? [...notesOf(world), ...checkDials(world, SOCKETS + 1)] : []),
  }),
  row({
    name: 'offline_queue_memory',
    hides: 'ioredis keeps 30 MB for ever, node-redis 52 MB for five seconds; and all of it is executed later.',
    topology: standalone(),
    inflict: async (world, tools) => {
      await untilIdle(world);
      await killServer(world);
      await burstAll(world, tools);
    },
    lift: restartServer,
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    check: async (world, moment) => (moment === 'end' ? [...notesOf(world), ...(await checkNothingLater(world))] : []),
  }),
];

/** A job whose lock ends while the process is at it is run again, as BullMQ's docs say. */
async function untilIdle({ server }: Standalone): Promise<void> {
  const isIdle = async (): Promise<boolean> => (await server.command('LLEN', 'bull:faults:active')) === 0;
  await eventually(isIdle, { timeoutMs: 5_000, what: 'no job runs' });
}

/** Twenty thousand writes of each kind, thousands of them at once, while nobody takes them. */
async function burstAll(world: Standalone, { call }: RowTools): Promise<void> {
  const before = await call<number>('strain', 'heapUsed');
  for (const [writer, count] of Object.entries(BURSTS)) {
    const seen = new Set<string>();
    for (let first = 0; first < count; first += AT_ONCE) {
      const outcomes = await call<Outcomes>('strain', 'burst', writer, first, AT_ONCE, TEXT_BYTES);
      for (const outcome of Object.keys(outcomes)) seen.add(outcome);
    }
    // of the sessions all are taken where there is a fallback, else none; of the others none
    if (seen.has('ok') && (seen.size > 1 || writer !== 'session')) {
      note(world, `I3: what became of the ${writer}s: ${[...seen].join(', ')}`);
    }
  }
  const grownMb = ((await call<number>('strain', 'heapUsed')) - before) / MB;
  if (grownMb > MOST_GROWTH_MB) note(world, `I1: the heap grew by ${grownMb.toFixed(1)} MB`);
}

/** What was refused is not done behind its caller's back. */
async function checkNothingLater({ server }: Standalone): Promise<`I4: ${string}`[]> {
  const found = [await server.command('EXISTS', 'burst:1', 'burst:19999', 'bull:faults:burst-1')];
  return found.flatMap((count) =>
    count === 0 ? [] : [`I4: ${String(count)} of the refused writes were done` as const],
  );
}

function textOf(outcomes: Outcomes): string {
  return Object.entries(outcomes)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
