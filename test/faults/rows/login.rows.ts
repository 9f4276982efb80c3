import { eventually } from '../../support/eventually.js';
import { inDatabase } from '../topologies/in-database.js';
import { PASSWORD, standalone, type Standalone } from '../topologies/standalone.js';
import { checkNoStorm, checkNothingWritten, type Finding } from './checks.js';
import { untilBetweenAttempts, untilTold } from './moments.js';
import { row, type FaultRow, type RowTools } from './row.js';

/** The client's, the worker's and the queue events'. */
const CONNECTIONS = 3;
const DB = 7;
const FEW_DATABASES = 'databases 4';
const MANY_DATABASES = 'databases 16';
const APP_USER = `app on >${PASSWORD} ~* &* +@all`;

/** The server says no, and says why. */
function refused(kind: string) {
  return {
    kind,
    cells: { session: 'F', context: 'M', cache: 'M', queue: `E(${kind})` },
    health: `degraded(${kind})`,
    bareHealth: `down(${kind})`,
  } as const;
}

const AT_START = {
  atStart: true,
  variants: ['main', 'bare', 'strict'],
  duringMs: 6_000,
  recoverMs: 12_000,
  check: checkKeptOut,
} as const;

/** Who logs in, and what that login may do. */
export const LOGIN_ROWS: readonly FaultRow[] = [
  row<Standalone>({
    ...refused('auth'),
    ...AT_START,
    name: 'noauth',
    hides: 'both retry for ever; ioredis says that the connection is closed, node-redis says nothing.',
    topology: standalone(),
    options: { password: undefined },
    lift: async ({ server }) => void (await server.command('CONFIG', 'SET', 'requirepass', '')),
  }),
  row<Standalone>({
    ...refused('auth'),
    ...AT_START,
    name: 'unknown_user_open_default',
    hides: 'node-redis executes what waits as the default user, before it knows that the login was refused.',
    topology: standalone({ user: 'app' }),
    options: { username: 'app' },
    lift: async ({ server }) => void (await server.command('ACL', 'SETUSER', ...APP_USER.split(' '))),
    short: true,
  }),
  row<Standalone>({
    ...refused('config'),
    ...AT_START,
    name: 'bad_db',
    hides: 'both write to database 0.',
    topology: async () => inDatabase(await standalone({ config: [FEW_DATABASES] })(), DB),
    lift: async (world) => {
      await untilBetweenAttempts(world);
      await world.server.restart(MANY_DATABASES);
    },
    check: async (world, moment) => [...(await checkKeptOut(world, moment)), ...(await checkDatabaseZero(world))],
    short: true,
  }),
  row<Standalone>({
    ...refused('permission'),
    ...AT_START,
    name: 'acl_no_select',
    hides: 'ioredis goes on in database 0, node-redis writes there what waits; each hides that SELECT was refused.',
    topology: async () => inDatabase(await standalone({ user: 'app', acl: [`${APP_USER} -select`] })(), DB),
    options: { username: 'app' },
    lift: async ({ server }) => void (await server.command('ACL', 'SETUSER', 'app', '+select')),
    check: async (world, moment) => [...(await checkKeptOut(world, moment)), ...(await checkDatabaseZero(world))],
  }),
  row<Standalone>({
    ...refused('auth'),
    name: 'password_rotated',
    hides: 'node-redis executes what waits as the default user, before it knows that the login was refused.',
    topology: standalone({ user: 'app', acl: [APP_USER] }),
    options: { username: 'app' },
    inflict: rotate,
    lift: async ({ server }) => void (await server.command('ACL', 'SETUSER', 'app', `>${PASSWORD}`)),
    duringMs: 6_000,
    recoverMs: 12_000,
    check: async (world, moment) => (moment === 'during' ? checkUnchanged(world) : []),
  }),
  row<Standalone>({
    ...refused('permission'),
    name: 'acl_noperm',
    hides: 'ioredis warns on the console, and its errors carry the values that were not written.',
    topology: standalone({ user: 'app', acl: [APP_USER] }),
    options: { username: 'app' },
    underTraffic: true,
    inflict: takeKeysAway,
    lift: async ({ server }) => void (await server.command('ACL', 'SETUSER', 'app', 'allkeys')),
    bareHealth: 'degraded(permission)',
    short: true,
  }),
  row<Standalone>({
    ...refused('maxclients'),
    name: 'maxclients_hit',
    hides: "ioredis sees no more than EPIPE; of node-redis' attempts only the calls that wait hear why they failed.",
    topology: standalone(),
    atStart: true,
    inflict: async ({ server }) => {
      await server.hold();
      await server.command('CONFIG', 'SET', 'maxclients', 1);
    },
    lift: async ({ server }) => void (await server.command('CONFIG', 'SET', 'maxclients', 1_000)),
    variants: ['main', 'bare', 'strict'],
    short: true,
  }),
];

/** Nothing of ours was executed, and the server was not asked again and again. */
async function checkKeptOut(world: Standalone, moment: 'during' | 'end'): Promise<readonly Finding[]> {
  return moment === 'during' ? [...(await checkNothingWritten(world)), ...checkNoStorm(world, CONNECTIONS)] : [];
}

async function checkDatabaseZero({ server }: Standalone): Promise<Finding[]> {
  const size = await server.command('DBSIZE');
  return size === 0 ? [] : [`I10: there are ${String(size)} keys in database 0`];
}

/** Until the app has met it: a user's rights are nobody's to ask. */
async function takeKeysAway({ server }: Standalone): Promise<void> {
  await server.command('ACL', 'SETUSER', 'app', 'resetkeys');
  await eventually(async () => ((await server.command('ACL', 'LOG', 1)) as unknown[]).length > 0, {
    what: 'the server forbids something',
  });
}

const CHANGES = new WeakMap<Standalone, number>();

/** A new password, and everybody has to log in anew: in one transaction, so that no change falls in between. */
async function rotate(world: Standalone, tools: RowTools): Promise<void> {
  const { server } = world;
  const probe = await server.connect();
  try {
    await probe.call('MULTI');
    await probe.call('ACL', 'SETUSER', 'app', `<${PASSWORD}`, '>another');
    await probe.call('CLIENT', 'KILL', 'USER', 'app');
    await probe.call('INFO', 'persistence');
    const [, , info] = (await probe.call('EXEC')) as string[];
    CHANGES.set(world, changesIn(info));
  } finally {
    probe.close();
  }
  await untilTold(tools, 'auth');
}

/** The server counts every write that changed something. */
async function checkUnchanged(world: Standalone): Promise<Finding[]> {
  const changes = changesIn(String(await world.server.command('INFO', 'persistence')));
  const before = CHANGES.get(world);
  return changes === before ? [] : [`I10: ${changes - (before ?? 0)} writes were executed after the login was refused`];
}

function changesIn(info: string | undefined): number {
  return Number(/rdb_changes_since_last_save:(\d+)/.exec(info ?? '')?.[1]);
}
