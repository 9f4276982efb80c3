import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '../protocol.js';
import { REPLICATED_MS } from '../runner/limits.js';
import { cluster, type Cluster } from '../topologies/cluster.js';
import { row, WITH_POSTGRES, type FaultRow } from './row.js';

const MASTERS = 3;
/** Whose slot's master is frozen, killed or robbed; one of those that are written. */
const KEY = `dialog:session:${idOf('session', 0)}`;
const MOVED = [KEY, '{bull}', `counter:${idOf('hits', 0)}`, `cache:${idOf('value', 0)}`];
/** From a promotion on. */
const SWITCH_MS = 5_000;

/** Up to the promotion, and for a moment after a start, nodes answer that the cluster is down. */
const OUT = {
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)', counter: 'E(connection)' },
  kind: 'connection',
  health: 'degraded(connection/cluster)',
  bareHealth: 'down(connection/cluster)',
} as const;

/** Until the watchdog has noticed, the other masters answer for their keys. */
const SILENT = {
  cells: {
    session: 'F|R',
    context: 'M|R',
    cache: 'M|R',
    queue: 'E(timeout/connection)|R',
    counter: 'E(timeout/connection)|R',
  },
  kind: 'timeout/connection',
  health: 'degraded(timeout/connection/cluster)',
  bareHealth: 'down(timeout/connection/cluster)',
} as const;

/** The times of recovery count from the promotion. */
export const CLUSTER_ROWS: readonly FaultRow[] = [
  ...clusterRow({
    name: 'cluster_slot_migration',
    hides: 'nothing: both follow. But node-redis leaves some errors of a move to the caller.',
    topology: cluster(),
    underTraffic: true,
    inflict: moveSlots,
    kind: 'cluster',
    cells: { session: 'R', context: 'R|M', cache: 'R|M', queue: 'R|E(cluster)', counter: 'R|E(cluster)' },
    health: 'up',
  }),
  ...clusterRow({
    ...OUT,
    name: 'cluster_master_killed',
    hides: 'nothing but its length: both find the promoted replica.',
    topology: cluster(),
    variants: WITH_POSTGRES,
    underTraffic: true,
    loses: true,
    inflict: async (world) => world.take(await world.masterOf(KEY), 'kill'),
    lift: (world) => world.untilReplaced(),
    duringMs: 1_000,
    recoverMs: SWITCH_MS,
    short: true,
  }),
  ...clusterRow({
    ...SILENT,
    name: 'cluster_master_hung',
    hides: 'both stay on the master that froze, for longer than the 22 s that were waited.',
    topology: cluster(),
    inflict: async (world) => {
      await sleep(REPLICATED_MS);
      await world.take(await world.masterOf(KEY), 'freeze');
    },
    lift: (world) => world.untilReplaced(),
    duringMs: 1_000,
    recoverMs: SWITCH_MS,
  }),
  ...clusterRow({
    ...SILENT,
    name: 'cluster_master_paused',
    hides: 'both hang on the master that froze up to its return.',
    topology: cluster(),
    inflict: async (world) => world.take(await world.masterOf(KEY), 'freeze'),
    lift: ({ nodes }) => nodes.thaw(),
    duringMs: 1_000,
  }),
  ...clusterRow({
    ...OUT,
    name: 'cluster_all_down_at_start',
    hides: "ioredis' `connect()` says that the connection is closed; node-redis' client is closed for good.",
    topology: cluster(),
    atStart: true,
    inflict: ({ cluster: { nodes } }) => all(nodes, (node) => node.kill()),
    lift: ({ cluster: whole }) => whole.heal(),
    variants: ['main', 'bare', 'strict'],
  }),
  row({
    ...OUT,
    name: 'cluster_queue',
    hides: "what BullMQ makes of node-redis' cluster client, which it takes for one of a single server.",
    topology: cluster(),
    kind: 'config',
    drivers: ['node-redis'],
    variants: ['strict'],
  }),
];

/** BullMQ does not know node-redis' clusters; see `cluster_queue`. */
function clusterRow(definition: FaultRow<Cluster>): FaultRow[] {
  return [
    row({ ...definition, drivers: ['ioredis'], sockets: 3 * MASTERS }),
    row({ ...definition, drivers: ['node-redis'], sockets: MASTERS, without: ['queue'], settings: { queues: false } }),
  ];
}

async function moveSlots({ cluster: whole }: Cluster): Promise<void> {
  const masters = await whole.masters();
  for (const key of MOVED) {
    const owner = await whole.masterOf(key);
    await whole.moveSlot(key, masters[(masters.indexOf(owner) + 1) % MASTERS]!);
  }
}

async function all<T>(these: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  await Promise.all(these.map(act));
}
