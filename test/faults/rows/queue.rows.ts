import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { standalone, type Standalone } from '../topologies/standalone.js';
import { note, notesOf } from './notes.js';
import { row, type FaultRow, type RowTools } from './row.js';

const RESUMES_MS = 10_000;

interface Jobs {
  readonly runs: readonly (readonly [string, number])[];
}

/** The command on which a worker's own connection blocks. */
const BLOCKING = 'bzpopmin';

/** What a queue makes of a network; no job twice, none lost, is asked in every cell. */
export const QUEUE_ROWS: readonly FaultRow[] = [
  row({
    name: 'bullmq_half_open',
    hides: "a worker's socket that leads nowhere: both drivers wait on it for ever, while jobs are still taken.",
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => proxy.halfOpen(),
    lift: untilWorkerResumes,
    kind: 'timeout',
    cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(timeout)' },
    health: 'up|degraded(timeout)',
    bareHealth: 'up|down(timeout)',
    check: (world) => Promise.resolve(notesOf(world)),
  }),
  row({
    name: 'bullmq_half_open_worker',
    hides: 'of a socket on which a worker blocks nobody expects an answer, and nobody notices that it leads nowhere.',
    topology: standalone(),
    inflict: halfOpenOfWorker,
    lift: untilWorkerResumes,
    kind: 'none',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    duringMs: 500,
    check: (world) => Promise.resolve(notesOf(world)),
  }),
  row({
    name: 'bullmq_reply_lost',
    hides: 'ioredis sends again what was executed: jobs are processed twice.',
    topology: standalone(),
    underTraffic: true,
    inflict: async ({ proxy }) => {
      proxy.dropReplies();
      await sleep(300);
      proxy.reset();
      await proxy.pass();
    },
    lift: untilWorkerResumes,
    kind: 'connection',
    cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection)' },
    health: 'up|degraded(connection)',
    bareHealth: 'up|down(connection)',
    check: (world) => Promise.resolve(notesOf(world)),
  }),
];

/** Only the worker's: what everybody else uses is fine. */
async function halfOpenOfWorker({ server, proxy }: Standalone): Promise<void> {
  const find = async (): Promise<number[]> => {
    const clients = await server.clients();
    return clients.filter(({ cmd }) => cmd === BLOCKING).map(({ fields }) => Number(fields['addr']?.split(':').at(-1)));
  };
  let ports: number[] = [];
  await eventually(async () => (ports = await find()).length > 0, { timeoutMs: 5_000, what: 'the worker blocks' });
  proxy.halfOpen(ports);
}

async function untilWorkerResumes(world: Standalone, { call }: RowTools): Promise<void> {
  const startedAt = performance.now();
  let runsBefore: number | undefined;
  const resumes = async (): Promise<boolean> => {
    const { runs } = await call<Jobs>('queue', 'jobs');
    runsBefore ??= runs.length;
    await call('queue', 'write', `resume-${runs.length}-${Math.round(performance.now())}`).catch(() => undefined);
    return runs.length > runsBefore;
  };
  await eventually(resumes, { timeoutMs: RESUMES_MS, intervalMs: 200 }).catch(() =>
    note(world, `I2: no job ran within ${Math.round(performance.now() - startedAt)} ms`),
  );
}
