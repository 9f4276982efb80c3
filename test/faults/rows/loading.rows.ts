import { eventually } from '../../support/eventually.js';
import { killServer, standalone, type Standalone } from '../topologies/standalone.js';
import { untilTold } from './moments.js';
import { row, type FaultRow } from './row.js';

const SCRIPTS = 100;
const FILL = 'for i = 1, 1000 do redis.call("SET", "filler:" .. ARGV[1] .. ":" .. i, string.rep("x", 20)) end';
/** Microseconds for each key, so that loading ends when it is told to, and not by itself; and many looks at sockets. */
const SLOWLY = ['key-load-delay 200', 'loading-process-events-interval-bytes 1024'];

const LOADING = {
  kind: 'loading',
  topology: standalone(),
  lift: finishLoading,
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(loading)' },
  health: 'degraded(loading)',
  bareHealth: 'down(loading)',
} as const;

/** The server is there, has its data on disk, and not in memory yet. */
export const LOADING_ROWS: readonly FaultRow[] = [
  row<Standalone>({
    ...LOADING,
    name: 'loading_at_start',
    hides: 'node-redis says ready; ioredis waits, and tells nobody why.',
    atStart: true,
    inflict: async (world) => {
      await fill(world);
      await restartSlowly(world);
    },
    variants: ['main', 'bare', 'strict'],
    duringMs: 4_000,
  }),
  row<Standalone>({
    ...LOADING,
    name: 'loading_after_restart',
    hides: 'node-redis says ready; ioredis waits, and then sends again what it had sent before.',
    prepare: fill,
    inflict: async (world, tools) => {
      await restartSlowly(world);
      await untilTold(tools, 'loading');
    },
    duringMs: 4_000,
  }),
];

/** As a snapshot within the append-only file, for between the commands of one a server looks at its sockets seldom. */
async function fill({ server }: Standalone): Promise<void> {
  for (let n = 0; n < SCRIPTS; n += 1) await server.command('EVAL', FILL, 0, n);
  await server.command('BGREWRITEAOF');
  const isDone = async (): Promise<boolean> =>
    /aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(String(await server.command('INFO', 'persistence')));
  await eventually(isDone, { timeoutMs: 20_000, what: 'the append-only file is rewritten' });
}

const RESTARTS = new WeakMap<Standalone, Promise<void>>();

async function restartSlowly(world: Standalone): Promise<void> {
  const { proxy, server } = world;
  await killServer(world);
  const restarted = server.restart(...SLOWLY);
  restarted.catch(() => undefined);
  RESTARTS.set(world, restarted);
  await eventually(() => server.command('PING').catch((error: Error) => error.message.startsWith('LOADING')), {
    what: 'the server loads',
  });
  await proxy.pass();
}

async function finishLoading(world: Standalone): Promise<void> {
  await world.server.command('CONFIG', 'SET', 'key-load-delay', 0);
  await RESTARTS.get(world);
}
