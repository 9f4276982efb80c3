import { setTimeout as sleep } from 'node:timers/promises';
import { standalone, type Standalone } from '../topologies/standalone.js';
import type { Finding } from './checks.js';
import { row, type FaultRow } from './row.js';

const RACES = 60;
const RACE_MS = 50;
const CLIENTS = 40;
/** The app's own: the client, the worker's and the queue events'. */
const OWN = 3;
const ALL = CLIENTS + OWN;
const SECOND_MS = 1_000;
const MOST_IN_A_SECOND = 4;
const BUCKET_MS = 100;
/** The first attempt after a loss follows within a tenth of a second. */
const PROMPT_MS = 200;

const LOST = {
  kind: 'connection',
  cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection)' },
  health: 'up|degraded(connection)',
  bareHealth: 'up|down(connection)',
} as const;

const LOST_AT = new WeakMap<Standalone, number>();

/** How often and how evenly a connection is made anew. */
export const STORM_ROWS: readonly FaultRow[] = [
  row({
    ...LOST,
    name: 'forced_reconnect_race',
    hides: 'node-redis: `destroy()` and `connect()` three times in a tick left three sockets, two of them after close.',
    topology: standalone(),
    inflict: async ({ proxy }, { call }) => {
      const asked: Promise<unknown>[] = [];
      for (let race = 0; race < RACES; race += 1) {
        if (race % 3 !== 1) proxy.reset();
        if (race % 3 !== 0) asked.push(call('connection', 'drop'));
        asked.push(call('connection', 'ensure', 3, 5_000));
        await sleep(RACE_MS);
      }
      await Promise.allSettled(asked);
    },
  }),
  row({
    name: 'reconnect_storm',
    hides: 'many clients of one server return in step, and as fast as they can.',
    topology: standalone(),
    sockets: ALL,
    prepare: (_world, { call }) => call('connection', 'crowd', CLIENTS),
    inflict: (world) => {
      LOST_AT.set(world, performance.now());
      world.proxy.resetNew();
      world.proxy.reset();
    },
    lift: ({ proxy }) => proxy.pass(),
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    duringMs: 4_000,
    check: (world, moment) => Promise.resolve(moment === 'during' ? checkStorm(world) : []),
  }),
];

function checkStorm(world: Standalone): Finding[] {
  const since = LOST_AT.get(world) ?? 0;
  const after = world.dials.map((at) => at - since).filter((ms) => ms >= 0);
  const first = after.filter((ms) => ms < SECOND_MS).length;
  const found: Finding[] = [];
  if (first > ALL * MOST_IN_A_SECOND) found.push(`I11: ${first} attempts of ${ALL} connections in the first second`);
  const busiest = busiestOf(after.filter((ms) => ms >= PROMPT_MS));
  if (busiest > ALL * 0.75) found.push(`I11: ${busiest} attempts of ${ALL} connections within ${BUCKET_MS} ms`);
  return found;
}

function busiestOf(times: readonly number[]): number {
  const buckets = new Map<number, number>();
  for (const ms of times) {
    const bucket = Math.floor(ms / BUCKET_MS);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(0, ...buckets.values());
}
