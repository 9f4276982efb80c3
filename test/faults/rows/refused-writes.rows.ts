import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import { MasterAndReplica } from '../topologies/master-and-replica.js';
import { standalone, type Standalone } from '../topologies/standalone.js';
import type { Finding } from './checks.js';
import { row, type FaultRow } from './row.js';

/** Nobody listens there: the replica keeps what it has. */
const NOWHERE = ['127.0.0.1', 1] as const;
/** Sockets when all is well. */
const SOCKETS = 3;
/** A replacement every five seconds at most, of each. */
const MOST_DIALS = 4 * SOCKETS;

/** The server reads, and does not write. */
const MISCONF = {
  kind: 'misconf',
  cells: {
    session: { read: 'R', write: 'F' },
    // of a chat that misses what was appended the loader tells, since Redis cannot be made to forget it
    context: { read: 'R|M', write: 'M|R' },
    cache: { read: 'R', write: 'M' },
    queue: 'E(misconf)',
  },
  bareCells: { context: { read: 'R', write: 'M' } },
  health: 'degraded(misconf)',
} as const;

/** The same, and while the socket is opened anew nothing is read either. */
const READONLY = {
  // what is under way on a socket that is thrown away has an unknown fate
  kind: 'readonly/connection-lost',
  cells: {
    session: { read: 'R|F', write: 'F' },
    context: { read: 'R|M', write: 'M|R' },
    cache: { read: 'R|M', write: 'M' },
    queue: 'E(readonly/connection-lost)',
  },
  bareCells: { context: { read: 'R|M', write: 'M' } },
  health: 'degraded(readonly)',
} as const;

/** What is read is right, what is to be written has no place. */
export const REFUSED_WRITES_ROWS: readonly FaultRow[] = [
  row<Standalone>({
    ...MISCONF,
    name: 'misconf',
    hides: 'PING fails too, so that a driver that asks by PING takes the server for dead.',
    topology: standalone(),
    inflict: failToSave,
    lift: saveAgain,
    short: true,
  }),
  row<Standalone>({
    ...READONLY,
    name: 'readonly_at_start',
    hides: 'both stay with a replica for ever.',
    topology: standalone(),
    atStart: true,
    // a replica lets us in
    options: { boot: 'fail-fast' },
    inflict: demote,
    lift: promote,
    check: checkReopened,
  }),
  row<Standalone>({
    ...READONLY,
    name: 'master_demoted',
    hides: 'both stay with a replica for ever.',
    topology: standalone(),
    inflict: demote,
    lift: promote,
    check: checkReopened,
    short: true,
  }),
  row<MasterAndReplica>({
    ...READONLY,
    name: 'master_replaced',
    hides: 'both stay on the old socket for ever, when the address leads to the new master.',
    topology: () => MasterAndReplica.start(),
    inflict: (world) => world.swap(),
  }),
];

async function demote({ server }: Standalone): Promise<void> {
  await server.command('REPLICAOF', ...NOWHERE);
}

async function promote({ server }: Standalone): Promise<void> {
  await server.command('REPLICAOF', 'NO', 'ONE');
}

/** A new socket may lead to the new master; but one after another leads nowhere. */
async function checkReopened({ dials }: Standalone, moment: 'during' | 'end'): Promise<readonly Finding[]> {
  if (moment === 'end') return [];
  if (dials.length <= SOCKETS) return ['I2: no socket was opened anew after the server had become a replica'];
  return dials.length <= MOST_DIALS ? [] : [`I11: ${dials.length} sockets were opened, not ${MOST_DIALS} at most`];
}

/** A snapshot that fails: a directory stands where it has to be renamed to. */
async function failToSave(world: Standalone): Promise<void> {
  const { server } = world;
  await server.command('CONFIG', 'SET', 'save', '3600 1');
  await mkdir(await snapshotOf(world));
  await server.command('BGSAVE');
  await untilSaved(world, 'err');
}

async function saveAgain(world: Standalone): Promise<void> {
  await rmdir(await snapshotOf(world));
  await world.server.command('BGSAVE');
  await untilSaved(world, 'ok');
}

async function snapshotOf({ server }: Standalone): Promise<string> {
  const [, dir = ''] = (await server.command('CONFIG', 'GET', 'dir')) as string[];
  return join(dir, 'dump.rdb');
}

async function untilSaved({ server }: Standalone, status: 'ok' | 'err'): Promise<void> {
  const text = `rdb_last_bgsave_status:${status}`;
  await eventually(async () => String(await server.command('INFO', 'persistence')).includes(text), { what: text });
}
