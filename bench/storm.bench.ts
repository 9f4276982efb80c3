import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../test/support/eventually.js';
import { RedisTestServer } from '../test/support/redis-server.js';
import { spreadOf, textOf } from './statistics.js';
import type { Dial } from './storm.subject.js';

const CLIENTS = 200;
const ROUNDS = 9;
const OUTAGE_MS = 3_000;
/** Before the next outage: a connection that is lost soon after it was made is treated as one that never was. */
const SETTLE_MS = 2_500;
const BIN_MS = 100;
const FIRST_SECOND_MS = 1_000;
const SUBJECT = fileURLToPath(new URL('storm.subject.js', import.meta.url));

interface Storm {
  /** Dials within the busiest 100 ms after the server's return. */
  readonly peak: number;
  /** Dials of the busiest client in the first second. */
  readonly perClient: number;
}

/**
 * Many clients whose server is killed and comes back: how hard they knock. The port refuses meanwhile, as that of a
 * killed server does, and dials are counted where they are made, so those that were refused count too.
 */
export async function benchStorm(): Promise<void> {
  process.stdout.write(`\n${CLIENTS} clients, a server killed for ${OUTAGE_MS / 1_000} s: dials from its return on\n`);
  const [ioredis, nodeRedis] = await Promise.all([rows('ioredis'), rows('node-redis')]);
  for (const line of [...ioredis, ...nodeRedis]) process.stdout.write(`${line}\n`);
}

async function rows(driver: string): Promise<string[]> {
  const [raw, ours] = await Promise.all([play(driver, 'raw'), play(driver, 'package')]);
  const [rawPeak, ourPeak] = [raw, ours].map((storms) => spreadOf(storms.map(({ peak }) => peak)));
  if (rawPeak === undefined || ourPeak === undefined) throw new Error('Nothing was measured');
  const line = (name: string, storms: Storm[], peak: typeof rawPeak): string => {
    const most = Math.max(...storms.map(({ perClient }) => perClient));
    return `${driver.padEnd(12)} ${name.padEnd(8)} peak in ${BIN_MS} ms ${textOf(peak)}  most of a client in 1 s: ${most}`;
  };
  const ratio = (ourPeak.median / rawPeak.median).toFixed(2);
  return [line('raw', raw, rawPeak), `${line('package', ours, ourPeak)}  peak / raw: ${ratio}`];
}

async function play(driver: string, kind: string): Promise<Storm[]> {
  const server = await RedisTestServer.start();
  const child = fork(SUBJECT, [driver, kind, server.url, String(CLIENTS)]);
  try {
    await once(child, 'message');
    const storms: Storm[] = [];
    for (let round = 0; round < ROUNDS; round++) storms.push(await storm(server, child));
    return storms;
  } finally {
    child.kill('SIGKILL');
    await server.stop();
  }
}

async function storm(server: RedisTestServer, child: ChildProcess): Promise<Storm> {
  await pass(SETTLE_MS);
  await server.kill();
  await pass(OUTAGE_MS);
  const returnedAt = Date.now();
  await server.restart();
  await eventually(async () => (await server.clientCount()) === CLIENTS, { timeoutMs: 20_000, what: 'all clients' });
  child.send('dials');
  const [dials] = (await once(child, 'message')) as [Dial[]];
  const since = dials.map(([client, at]) => [client, at - returnedAt] as const).filter(([, after]) => after >= 0);
  const inFirstSecond = since.filter(([, after]) => after < FIRST_SECOND_MS).map(([client]) => client);
  const bins = since.map(([, after]) => Math.floor(after / BIN_MS));
  return { peak: mostOfOne(bins), perClient: mostOfOne(inFirstSecond) };
}

/** How often the most frequent one occurs. */
function mostOfOne(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
