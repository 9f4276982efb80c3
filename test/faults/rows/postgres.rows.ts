import { setTimeout as sleep } from 'node:timers/promises';
import { killPostgres, PostgresHome, restartPostgres } from '../topologies/postgres-home.js';
import { killServer, restartServer, standalone } from '../topologies/standalone.js';
import { checkPostgres } from './postgres-checks.js';
import { untilPostgresIsMissed } from './moments.js';
import { row, type FaultRow } from './row.js';

const SERVED = { session: 'R', context: 'R', cache: 'R', queue: 'R' } as const;

/** Over by itself: what is seen of it is that nothing is. */
const PASSING = {
  topology: standalone(),
  variants: ['postgres'],
  underTraffic: true,
  kind: 'none',
  cells: SERVED,
} as const;

/** Redis is well and serves by itself, in time; what Postgres misses it is told later. */
const BESIDE = { ...PASSING, healthSays: 'Postgres', check: checkPostgres } as const;

/** Redis is there, and waited for. */
const AT_START = { atStart: true, underTraffic: false, options: { boot: 'fail-fast' } } as const;

/** Of two that come back one is first. */
const OUT_OF_BOTH = { session: 'F|P' } as const;

/** A frozen server is not noticed by one answer that is missing. */
const HANG_MS = 4_000;
/** Short enough to be cut by the first answer. */
const CUT_BYTES = 10;

/** Postgres is lost, and comes back. */
export const POSTGRES_ROWS: readonly FaultRow[] = [
  row({
    ...BESIDE,
    name: 'postgres_killed',
    hides:
      'pg: each request waits for a connection of its own that is refused; an idle one that ends is an uncaught error.',
    startPostgres: () => PostgresHome.own(),
    inflict: async (_world, tools) => {
      await killPostgres(tools.postgres);
      await untilPostgresIsMissed(tools);
    },
    lift: (_world, { postgres }) => restartPostgres(postgres),
    health: 'degraded(connection/loading)',
    short: ['postgres'],
  }),
  row({
    ...BESIDE,
    name: 'postgres_frozen',
    hides: 'pg: a statement that was sent waits for ever, and so does each that waits for its connection.',
    startPostgres: () => PostgresHome.own(),
    inflict: async (_world, tools) => {
      await tools.postgres.server.freeze();
      await untilPostgresIsMissed(tools);
    },
    lift: (_world, { postgres }) => postgres.server.thaw(),
    health: 'degraded(timeout)',
    duringMs: HANG_MS,
  }),
  row({
    ...PASSING,
    name: 'postgres_half_open',
    hides: 'pg: a connection that leads nowhere stays in the pool, and is given to the next.',
    inflict: (_world, { postgres }) => postgres.proxy.halfOpen(),
    health: 'up|degraded(timeout)',
  }),
  row({
    ...PASSING,
    name: 'postgres_reset',
    hides: 'pg: what is under way is rejected, though it may have been done.',
    inflict: (_world, { postgres }) => postgres.proxy.reset(),
    health: 'up|degraded(connection)',
  }),
  row({
    ...PASSING,
    name: 'postgres_reply_cut',
    hides: 'pg: a connection that ends within an answer.',
    inflict: async (_world, { postgres }) => {
      postgres.proxy.cutOpenAfter(CUT_BYTES);
      await sleep(300);
    },
    health: 'up|degraded(connection)',
  }),
  row({
    ...BESIDE,
    name: 'postgres_down_at_start',
    hides: 'pg: nothing is known of it before the first statement.',
    ...AT_START,
    inflict: (_world, { postgres }) => postgres.proxy.refuse(),
    lift: (_world, { postgres }) => postgres.proxy.pass(),
    health: 'degraded(connection)',
  }),
  row({
    ...BESIDE,
    name: 'postgres_silent_at_start',
    hides: 'pg: a handshake that nobody answers has no end.',
    ...AT_START,
    inflict: (_world, { postgres }) => postgres.proxy.silent(),
    lift: (_world, { postgres }) => postgres.proxy.pass(),
    // nothing is said of a server that may only be slow
    health: 'degraded(timeout)|up',
    duringMs: HANG_MS,
  }),
  row({
    ...BESIDE,
    name: 'both_killed',
    hides: 'what neither has taken is in this process only, and has to reach both.',
    startPostgres: () => PostgresHome.own(),
    inflict: async (world, tools) => {
      await Promise.all([killServer(world), killPostgres(tools.postgres)]);
      await untilPostgresIsMissed(tools);
    },
    lift: async (world, { postgres }) => void (await Promise.all([restartServer(world), restartPostgres(postgres)])),
    kind: 'connection',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(connection)' },
    postgresCells: OUT_OF_BOTH,
    health: 'degraded(connection)',
    healthSays: '"tier":"memory"',
  }),
  row({
    ...BESIDE,
    name: 'both_frozen',
    hides: 'each is waited for, one after the other.',
    startPostgres: () => PostgresHome.own(),
    inflict: async (world, tools) => {
      await Promise.all([world.server.freeze(), tools.postgres.server.freeze()]);
      await untilPostgresIsMissed(tools);
    },
    lift: async (world, { postgres }) => void (await Promise.all([world.server.thaw(), postgres.server.thaw()])),
    kind: 'timeout',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
    postgresCells: OUT_OF_BOTH,
    health: 'degraded(timeout)',
    healthSays: '"tier":"memory"',
    duringMs: HANG_MS,
    settleMs: 2_000,
  }),
];
