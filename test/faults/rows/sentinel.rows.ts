import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { REPLICATED_MS } from '../runner/limits.js';
import { socketsTo } from '../topologies/groups.js';
import { sentinels, type Sentinels } from '../topologies/sentinels.js';
import { note, notesOf } from './notes.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

/** The client, the worker and the queue events, and what is kept to one sentinel. */
const SOCKETS = 4;
/** From a promotion to the moment at which nobody is left on the old master. */
const SWITCH_MS = 5_000;
const WRONG_NAME = 'another';

const WELL = {
  kind: 'none',
  cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
  health: 'up',
  sockets: SOCKETS,
} as const;

const OUT = {
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
  kind: 'connection',
  health: 'degraded(connection)',
  bareHealth: 'down(connection)',
  sockets: SOCKETS,
} as const;

/** Which server is the master is for sentinels to say. The times of recovery count from the promotion. */
export const SENTINEL_ROWS: readonly FaultRow[] = [
  row({
    ...OUT,
    name: 'sentinel_master_killed',
    hides: 'nothing: both follow the promotion of a replica.',
    topology: sentinels(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    loses: true,
    inflict: ({ master }) => master.kill(),
    lift: (world) => world.untilPromoted(),
    duringMs: 1_000,
    recoverMs: SWITCH_MS,
    short: true,
  }),
  row({
    ...OUT,
    name: 'sentinel_master_hung',
    hides: 'ioredis stays on the master that froze for ever.',
    topology: sentinels(),
    inflict: async ({ servers, master }) => {
      await sleep(REPLICATED_MS);
      await servers.freeze(master);
    },
    lift: (world) => world.untilPromoted(),
    kind: 'timeout',
    // the promotion is said by sentinels, and the server that they named is lost by it
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout/connection)' },
    health: 'degraded(timeout/connection)',
    bareHealth: 'down(timeout/connection)',
    duringMs: 1_000,
    recoverMs: SWITCH_MS,
    check: (world, moment) => (moment === 'end' ? checkNobodyGoesBack(world) : Promise.resolve([])),
  }),
  row({
    ...WELL,
    name: 'sentinel_forced',
    hides: 'both go on writing to the old master, ioredis for some ten seconds, and all of it is lost.',
    topology: sentinels(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    loses: true,
    inflict: failOver,
    kind: 'connection',
    cells: { session: 'R|F', context: 'R|M', cache: 'R|M', queue: 'R|E(connection/readonly)' },
    health: 'up|degraded(connection/readonly)',
    bareHealth: 'up|down(connection/readonly)',
    check: (world) => Promise.resolve(notesOf(world)),
  }),
  row({
    ...WELL,
    name: 'sentinel_one_silent_at_start',
    hides: 'both hang for more than 15 s where the first sentinel is silent.',
    topology: sentinels(),
    options: { boot: 'fail-fast' },
    atStart: true,
    inflict: ({ group, sentinels: all }) => all.freeze(group.sentinels[0]!),
    lift: ({ sentinels: all }) => all.thaw(),
  }),
  row({
    ...WELL,
    name: 'sentinel_one_silent',
    hides: 'nothing may be made of a sentinel that no longer answers: the others are asked.',
    topology: sentinels(),
    inflict: async (world) => {
      const watched = await world.watched();
      if (watched === undefined) note(world, 'I8: no sentinel has a socket');
      else await world.sentinels.freeze(watched);
    },
    lift: ({ sentinels: all }) => all.thaw(),
    duringMs: 4_000,
    check: (world) => Promise.resolve(notesOf(world)),
  }),
  row({
    ...OUT,
    name: 'sentinel_all_down_at_start',
    hides: 'both hang, with an error for every attempt.',
    topology: sentinels(),
    atStart: true,
    inflict: async ({ group }) => void (await Promise.all(group.sentinels.map((sentinel) => sentinel.kill()))),
    lift: async ({ group }) => void (await Promise.all(group.sentinels.map((sentinel) => sentinel.restart()))),
    variants: ['main', 'bare', 'strict'],
  }),
  row({
    ...OUT,
    name: 'sentinel_wrong_name',
    hides: 'both hang, with an error for every attempt.',
    topology: sentinels(WRONG_NAME),
    atStart: true,
    inflict: () => undefined,
    lift: (world) => world.watchAs(WRONG_NAME),
    kind: 'config',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(config)' },
    health: 'degraded(config)',
    bareHealth: 'down(config)',
    variants: ['main', 'bare', 'strict'],
    recoverMs: 12_000,
  }),
];

/** Up to the moment at which nobody is left on the old master: what it takes is lost when it becomes a replica. */
async function failOver(world: Sentinels): Promise<void> {
  const old = world.master;
  world.master = await world.group.failover();
  const promotedAt = performance.now();
  const isLeft = async (): Promise<boolean> => (await socketsTo(old)) === 0;
  await eventually(isLeft, { timeoutMs: SWITCH_MS }).catch(() => {
    note(world, `I2: not off the old master ${Math.round(performance.now() - promotedAt)} ms after the promotion`);
  });
}

/** The old master believes that it is one until sentinels tell it otherwise. */
async function checkNobodyGoesBack({ servers, group, master }: Sentinels): Promise<`I8: ${string}`[]> {
  await servers.thaw();
  await sleep(1_000);
  const others = group.servers.filter((server) => server !== master);
  const counts = await Promise.all(others.map(socketsTo));
  return counts.every((count) => count === 0)
    ? []
    : [`I8: ${counts.join(' + ')} sockets to servers that are no master`];
}
