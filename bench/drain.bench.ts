import { setTimeout as pass } from 'node:timers/promises';
import { Client } from 'pg';
import { HybridClock } from '../lib/session/hybrid-clock.js';
import type { SessionStore } from 'nestjs-redis-hub/session';
import { postgresTier } from 'nestjs-redis-hub/session/postgres';
import { PostgresTestServer } from '../test/support/postgres-server.js';
import { RedisTestServer } from '../test/support/redis-server.js';
import { printLimit } from './limits.js';
import { benchId, openSessions, sessionFields, type SessionBed } from './session-bed.js';
import { readPaced, type Latencies } from './paced-reads.js';

const ROWS = Number(process.env['BENCH_DRAIN_ROWS'] ?? 100_000);
const CALM_MS = 5_000;
const SAMPLE_MS = 50;
const LANES = 16;
const LIFE_MS = 3_600_000;
/** Those that are read: every hundredth, so that they are drained all the time. */
const LIVE = Array.from({ length: ROWS / 100 }, (_, n) => benchId(100 * n));
/** What live reads may take while the rows are drained, of what they take without. */
const P99_LIMIT = 3;
const HEAP_LIMIT_MB = 64;
const SETTINGS = { fsync: 'on', shared_buffers: '128MB', max_wal_size: '1GB' };

/** Redis comes back empty while Postgres has 100,000 sessions: how long they take, and what live reads notice of it. */
export async function benchDrain(): Promise<void> {
  process.stdout.write(`\n${ROWS} sessions of 1 kB in Postgres, and a Redis that comes back empty\n`);
  const redis = await RedisTestServer.start();
  const postgres = await PostgresTestServer.start({ settings: SETTINGS });
  try {
    const bed = await openSessions(redis.url, 'ioredis', {
      fallback: [postgresTier({ connectionString: postgres.url })],
    });
    await storeLive(bed.sessions);
    await insertRows(postgres.url);
    const calm = await readPaced(bed.sessions, LIVE, pass(CALM_MS));
    process.stdout.write(`in step: live reads ${textOfReads(calm)}\n`);
    await redis.restart();
    print(calm, await drained(bed));
    await bed.close();
  } finally {
    await Promise.all([redis.stop(), postgres.stop()]);
  }
}

interface Drained {
  readonly seconds: number;
  readonly reads: Latencies;
  readonly grownMb: number;
}

/** From the moment that rows are known to be dirty to the one that none is. */
async function drained({ sessions }: SessionBed): Promise<Drained> {
  while (sessions.status().dirty === 0) await pass(1);
  const heap = watchHeap();
  const startedAt = performance.now();
  const reads = await readPaced(sessions, LIVE, untilDrained(sessions));
  return { seconds: (performance.now() - startedAt) / 1_000, reads, grownMb: heap.end() };
}

async function untilDrained(sessions: SessionStore): Promise<void> {
  while (sessions.status().dirty > 0) await pass(SAMPLE_MS);
}

/** By how many MB the heap grows: the lowest of each second, in which it was collected, else its garbage would count. */
function watchHeap(): { end: () => number } {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const lowest: number[] = [];
  let samples: number[] = [];
  const sampler = setInterval(() => {
    if (samples.push(process.memoryUsage().heapUsed) * SAMPLE_MS < 1_000) return;
    lowest.push(Math.min(...samples));
    samples = [];
  }, SAMPLE_MS);
  const end = (): number => {
    clearInterval(sampler);
    return (Math.max(before, ...lowest) - before) / 2 ** 20;
  };
  return { end };
}

function textOfReads({ p50, p99, count }: Latencies): string {
  return `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (${count} reads)`;
}

function print(calm: Latencies, { seconds, reads, grownMb }: Drained): void {
  const ratio = reads.p99 / calm.p99;
  process.stdout.write(
    `drained in ${seconds.toFixed(1)} s, ${Math.round(ROWS / seconds)} rows a second: live reads ${textOfReads(reads)}, `
      + `p99 ${ratio.toFixed(2)} times; heap grew by ${grownMb.toFixed(0)} MB\n`,
  );
  printLimit(`p99 of live reads at most ${P99_LIMIT} times`, ratio <= P99_LIMIT);
  printLimit(`heap at most ${HEAP_LIMIT_MB} MB more`, grownMb <= HEAP_LIMIT_MB);
  printLimit('no read failed, none found nothing', reads.failed === 0 && reads.missing === 0);
}

/** A few at a time, as requests come: what waits longer than the tier's deadline is refused. */
async function storeLive(sessions: SessionStore): Promise<void> {
  const left = [...LIVE];
  const lane = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) await sessions.set(id, sessionFields(0));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** As the tier stores them, confirmed by the Redis that is there now: one statement in place of 100,000. */
async function insertRows(url: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  const version = new HybridClock().next();
  await client.query(
    `INSERT INTO redis_hub_sessions (id, version, expiry_version, expires_at, horizon, confirmed, data)
SELECT 'bench' || lpad(n::text, 27, '0'), $1, $1, $2, $2, 1, $3 FROM generate_series(0, $4 - 1) AS n ON CONFLICT DO NOTHING`,
    [version, Date.now() + LIFE_MS, JSON.stringify(sessionFields(0)), ROWS],
  );
  await client.query('ANALYZE redis_hub_sessions');
  await client.end();
}
