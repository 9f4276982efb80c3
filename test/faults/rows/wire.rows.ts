import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import { standalone } from '../topologies/standalone.js';
import { checkDials, type Finding } from './checks.js';
import { row, WITH_POSTGRES, type FaultRow, type RowTools } from './row.js';

/** The socket is lost while calls are under way: whoever asks again is served, whoever has something else has that. */
const LOST = {
  kind: 'connection',
  cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection)' },
  health: 'up|degraded(connection)',
  bareHealth: 'up|down(connection)',
} as const;

/** As {@link LOST}; and what could not be read, or was another's, is kind `reply`. */
const MISREAD = {
  kind: 'connection/reply',
  cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection/reply)' },
  health: 'up|degraded(connection/reply)',
  bareHealth: 'up|down(connection/reply)',
} as const;

const FLAPS = 15;
const FLAP_MS = 300;
const LARGE = 1024 * 1024;
/** After the beginning of a large value, and long before its end. */
const INSIDE = 300_000;

async function over(times: number, pauseMs: number, act: () => void): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    act();
    await sleep(pauseMs);
  }
}

/** What a reader of the port must never be given: half of a value. */
async function checkWhole(tools: RowTools, key: string): Promise<Finding[]> {
  const length = await tools.call<number>('strain', 'lengthOf', key);
  return length === 0 || length === LARGE ? [] : [`I5: ${length} bytes of a value of ${LARGE} were read`];
}

/** What a network does to the bytes on their way. */
export const WIRE_ROWS: readonly FaultRow[] = [
  row({
    ...LOST,
    name: 'idle_cut_fin',
    hides: 'node-redis emits `error`, which ends a process that does not listen.',
    topology: standalone(),
    inflict: ({ proxy }) => proxy.finish(),
  }),
  row({
    ...LOST,
    name: 'flapping',
    hides: 'a loop beside the own loop of a driver leaks sockets; and every loss may be dialled without a pause.',
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => over(FLAPS, FLAP_MS, () => proxy.reset()),
    check: (world, moment) => Promise.resolve(moment === 'end' ? checkDials(world, 3 * (FLAPS + 2)) : []),
  }),
  row({
    ...LOST,
    name: 'cut_mid_reply',
    hides: 'ioredis sends again what was answered by half; a rest of the reply must not be read with the next socket.',
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => over(4, 400, () => proxy.cutOpenAfter(29)),
  }),
  row({
    ...LOST,
    name: 'cut_large_reply',
    hides: 'ioredis sends again what was answered by half.',
    topology: standalone(),
    prepare: async (_world, { call }) => void (await call('strain', 'write', 'large', LARGE)),
    inflict: async ({ proxy }, tools) => {
      proxy.cutOpenAfter(INSIDE);
      await tools.call('strain', 'lengthOf', 'large').catch(() => undefined);
    },
    check: (_world, moment, tools) => (moment === 'end' ? checkWhole(tools, 'large') : Promise.resolve([])),
  }),
  row({
    ...LOST,
    name: 'cut_large_write',
    hides: 'ioredis sends the whole again by itself.',
    topology: standalone(),
    underTraffic: true,
    inflict: async ({ proxy }, { call }) => {
      proxy.cutRequestsAfter(INSIDE);
      await call('strain', 'write', 'large', LARGE);
    },
    check: (_world, moment, tools) => (moment === 'end' ? checkWhole(tools, 'large') : Promise.resolve([])),
  }),
  row({
    ...LOST,
    name: 'reply_lost',
    hides: 'ioredis sends again what was executed: an increment happens twice, a job runs twice.',
    topology: standalone(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    inflict: ({ proxy }) => loseReplies(proxy, 200),
    short: true,
  }),
  row({
    ...MISREAD,
    name: 'garbage_on_the_wire',
    hides: 'node-redis keeps the socket on which it met bytes that it cannot read.',
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => over(3, 500, () => proxy.inject('!?HTTP/1.1 400 Bad Request\r\n\r\n')),
  }),
  row({
    ...MISREAD,
    name: 'stray_reply_idle',
    hides: 'both hand a reply that nobody asked for to the next who asks, and every later one to another.',
    topology: standalone(),
    inflict: ({ proxy }) => proxy.inject('$5\r\nstray\r\n'),
  }),
  row({
    ...MISREAD,
    name: 'stray_reply',
    hides: 'both hand a reply that nobody asked for to the one who waits, and every later one to another.',
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => over(3, 500, () => proxy.inject('$5\r\nstray\r\n')),
    short: true,
  }),
  row({
    ...LOST,
    name: 'late_once',
    hides: 'a reply that comes after its call was given up must not be taken for the answer to another.',
    topology: standalone(),
    underTraffic: true,
    inflict: async ({ proxy }) => {
      proxy.delay(350);
      await sleep(250);
      await proxy.pass();
    },
    kind: 'timeout',
    cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(timeout)' },
    health: 'up|degraded(timeout)',
    bareHealth: 'up|down(timeout)',
  }),
  row({
    ...LOST,
    name: 'cut_in_handshake_at_start',
    hides: "ioredis' `connect()` says that the connection is closed, node-redis' never settles.",
    topology: standalone(),
    atStart: true,
    inflict: ({ proxy }) => proxy.cutAfter(10),
    lift: ({ proxy }) => proxy.pass(),
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    variants: ['main', 'bare', 'strict'],
  }),
  row({
    ...LOST,
    name: 'cut_in_handshake',
    hides: 'ioredis 5 may call a socket ready that was closed in its handshake, and never tell its end.',
    topology: standalone(),
    underTraffic: true,
    inflict: ({ proxy }) => {
      proxy.cutAfter(10);
      proxy.reset();
    },
    lift: ({ proxy }) => proxy.pass(),
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    health: 'degraded(connection)',
    bareHealth: 'down(connection)',
    duringMs: 4_000,
  }),
  row({
    name: 'drip',
    hides: 'ioredis reads 5 KB of INFO in its handshake, which takes 6 s so; and a slow answer is no silence.',
    // three callers at a time share a line of a thousand bytes a second: what a call waits for is mostly the others
    options: { commandTimeoutMs: 10_000 },
    topology: standalone(),
    inflict: ({ proxy }) => proxy.drip(),
    lift: ({ proxy }) => proxy.pass(),
    kind: 'timeout',
    cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
    health: 'up',
    duringMs: 6_000,
  }),
];

/** The commands are executed, nobody hears of it, and then the socket is lost. */
async function loseReplies(proxy: TcpProxy, ms: number): Promise<void> {
  proxy.dropReplies();
  await sleep(ms);
  proxy.reset();
  await proxy.pass();
}
