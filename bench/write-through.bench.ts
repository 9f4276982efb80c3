import { postgresTier } from 'nestjs-redis-hub/session/postgres';
import type { RedisDriverName } from 'nestjs-redis-hub';
import type { SessionStore } from 'nestjs-redis-hub/session';
import { PostgresTestServer } from '../test/support/postgres-server.js';
import { RedisTestServer } from '../test/support/redis-server.js';
import { play, printMatch, type Contestant } from './interleaved.js';
import { printLimit } from './limits.js';
import { benchId, openSessions, sessionFields } from './session-bed.js';

const IN_FLIGHT = [1, 16, 64];
const ROUNDS = 15;
const SLICE_MS = 60;
const SESSIONS = 500;
/** As in earnest: the tests' servers do not wait for the disk. */
const SETTINGS = { fsync: 'on', shared_buffers: '128MB', max_wal_size: '1GB' };

/** What the Postgres tier costs: sessions in both against sessions in Redis alone. */
export async function benchWriteThrough(): Promise<void> {
  process.stdout.write('\nSessions of 1 kB in Redis and Postgres (fsync on) / in Redis alone\n');
  const [redis, alone] = [await RedisTestServer.start(), await RedisTestServer.start()];
  const postgres = await PostgresTestServer.start({ settings: SETTINGS });
  try {
    for (const driver of ['node-redis', 'ioredis'] as const) await benchDriver(driver, redis, alone, postgres);
  } finally {
    await Promise.all([redis.stop(), alone.stop(), postgres.stop()]);
  }
}

async function benchDriver(
  driver: RedisDriverName,
  redis: RedisTestServer,
  alone: RedisTestServer,
  postgres: PostgresTestServer,
): Promise<void> {
  const [base, control] = [
    await openSessions(alone.url, driver, { fallback: [] }),
    await openSessions(alone.url, driver, { fallback: [] }),
  ];
  const both = await openSessions(redis.url, driver, {
    fallback: [postgresTier({ connectionString: postgres.url })],
  });
  for (const bed of [base, both]) await fill(bed.sessions);
  for (const operation of ['get', 'set'] as const) {
    for (const inFlight of IN_FLIGHT) {
      const contestant = (name: string, sessions: SessionStore): Contestant =>
        operation === 'get' ? reading(name, sessions) : writing(name, sessions);
      const played = await play({
        base: contestant('Redis', base.sessions),
        control: contestant('Redis again', control.sessions),
        others: [contestant('with Postgres', both.sessions)],
        inFlight,
        rounds: ROUNDS,
        sliceMs: SLICE_MS,
      });
      printMatch(`${driver} ${operation} x${inFlight}`, played);
      const [row] = played.rows;
      if (row === undefined) continue;
      if (operation === 'get') printLimit('reads not distinguishable', row.verdict === 'not distinguishable');
      else printCost(inFlight, played.perSecond, row.ratio.median);
    }
  }
  await Promise.all([base.close(), control.close(), both.close()]);
}

function printCost(inFlight: number, perSecond: number, ratio: number): void {
  const aloneMs = (inFlight * 1_000) / perSecond;
  const bothMs = aloneMs / ratio;
  process.stdout.write(
    `${' '.repeat(28)} a write: ${bothMs.toFixed(2)} ms with Postgres, ${aloneMs.toFixed(2)} ms in Redis alone; `
      + `${Math.round(perSecond * ratio)} a second, ${Math.round(perSecond)} in Redis alone\n`,
  );
}

function reading(name: string, sessions: SessionStore): Contestant {
  let at = 0;
  return { name, operate: () => sessions.get(benchId((at += 1) % SESSIONS)) };
}

function writing(name: string, sessions: SessionStore): Contestant {
  const all = Array.from({ length: SESSIONS }, (_, n) => sessionFields(n));
  let at = 0;
  return {
    name,
    operate: () => {
      at = (at + 1) % SESSIONS;
      return sessions.set(benchId(at), all[at] as object);
    },
  };
}

async function fill(sessions: SessionStore): Promise<void> {
  for (let n = 0; n < SESSIONS; n += 1) await sessions.set(benchId(n), sessionFields(n));
}
