import { eventually } from '../../support/eventually.js';
import { standalone, type Standalone } from '../topologies/standalone.js';
import type { Finding } from './checks.js';
import { row, type FaultRow, type RowTools } from './row.js';

const LOST = {
  kind: 'connection',
  cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection)' },
  health: 'up|degraded(connection)',
  bareHealth: 'up|down(connection)',
} as const;

const DB = 3;
const OTHER_DB = 5;
const CHANNEL = 'faults';
const WATCHED = 'watched';

/** What others do to the client that is injected, and what a new socket makes of it. */
export const RAW_ROWS: readonly FaultRow[] = [
  row({
    ...LOST,
    name: 'db_after_reconnect',
    hides: 'both take the database of a SELECT that somebody sent for the one that was configured, for ever.',
    topology: () => standaloneIn(DB),
    inflict: async ({ proxy }, { call }) => {
      await call('raw', 'select', OTHER_DB);
      proxy.reset();
    },
    check: async ({ server }, moment) =>
      moment === 'end' ? checkDatabases(String(await server.command('INFO', 'keyspace'))) : [],
  }),
  row({
    ...LOST,
    name: 'subscriber_after_reconnect',
    hides: "a subscription is the socket's, and is lost with it where nobody asks for it again.",
    topology: standalone(),
    prepare: (_world, { call }) => call('raw', 'subscribe', CHANNEL),
    inflict: ({ proxy }) => proxy.reset(),
    sockets: 4,
    check: (world, moment, tools) => (moment === 'end' ? checkHeard(world, tools) : Promise.resolve([])),
  }),
  row({
    ...LOST,
    name: 'watch_multi_across_reconnect',
    hides: 'ioredis commits: the server forgot the WATCH with the socket that it was sent on.',
    topology: standalone(),
    inflict: async (world, { call }) => {
      await call('raw', 'watch', WATCHED);
      world.proxy.reset();
    },
    check: async (world, moment, tools) => (moment === 'end' ? checkConflict(world, tools) : []),
  }),
];

async function standaloneIn(db: number): Promise<Standalone> {
  const world = await standalone()();
  const { options } = world;
  return Object.defineProperties(world, {
    options: { value: { ...options, db } },
    ask: { value: (...args: (string | number)[]) => askIn(world, db, args) },
  });
}

/** The test's own questions are asked in the same database. */
async function askIn({ server }: Standalone, db: number, args: (string | number)[]) {
  const probe = await server.connect();
  try {
    await probe.call('SELECT', db);
    return await probe.call(...args);
  } finally {
    probe.close();
  }
}

function checkDatabases(keyspace: string): Finding[] {
  const found = [...keyspace.matchAll(/^db(\d+):/gm)].map(([, db]) => Number(db));
  return found.filter((db) => db !== DB).map((db): Finding => `I10: keys were written in database ${db}`);
}

async function checkHeard({ server }: Standalone, { call }: RowTools): Promise<Finding[]> {
  await server.command('PUBLISH', CHANNEL, 'after');
  const isHeard = async (): Promise<boolean> => (await call<string[]>('raw', 'heard')).length > 0;
  await eventually(isHeard, { timeoutMs: 3_000 }).catch(() => undefined);
  const heard = await call<string[]>('raw', 'heard');
  return heard.join() === 'after' ? [] : [`I2: of a message after the loss was heard: ${heard.join() || 'nothing'}`];
}

async function checkConflict({ server }: Standalone, { call }: RowTools): Promise<Finding[]> {
  await server.command('SET', WATCHED, 'of another');
  const first = await call<{ reply?: unknown; conflict?: string }>('raw', 'commit', WATCHED, 'of ours');
  const second = await call<{ reply?: unknown; conflict?: string }>('raw', 'commit', `${WATCHED}-not`, 'of ours');
  const stored = await server.command('GET', WATCHED);
  return [
    ...(first.conflict === undefined ? [`I9: a transaction across a loss gave ${JSON.stringify(first)}` as const] : []),
    ...(stored === 'of another' ? [] : [`I4: a transaction across a loss wrote ${String(stored)}` as const]),
    ...(second.conflict === undefined ? [] : [`I2: the transaction after it gave ${second.conflict}` as const]),
  ];
}
