import type { SessionData, Store } from 'express-session';
import { RedisStore } from 'connect-redis';
import { memoryTier } from 'nestjs-redis-hub/session';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { play, printMatch, type Contestant } from './interleaved.js';
import { printLimit } from './limits.js';
import { benchId, call, openSessions, sessionOf } from './session-bed.js';

const IN_FLIGHT = [1, 16, 64];
const ROUNDS = 15;
const SLICE_MS = 50;
const SESSIONS = 500;
/** What ours on ioredis has to be of connect-redis, with so many in flight. */
const IOREDIS_LIMIT = 1.3;
const IOREDIS_LIMIT_AT = 64;

const OPERATIONS = ['get', 'set', 'touch'] as const;
type Operation = (typeof OPERATIONS)[number];

/** The express store, on Redis alone, against connect-redis on the same node-redis client. */
export async function benchSessions(server: RedisTestServer): Promise<void> {
  process.stdout.write('\nExpress store / connect-redis on the same node-redis client, sessions of 1 kB\n');
  const nodeRedis = await openSessions(server.url, 'node-redis', { fallback: [] });
  const ioredis = await openSessions(server.url, 'ioredis', { fallback: [] });
  const withMemory = await openSessions(server.url, 'node-redis', { fallback: [memoryTier()] });
  const client: unknown = nodeRedis.redis.getClient();
  const stores: readonly (readonly [string, Store])[] = [
    ['connect-redis', new RedisStore({ client })],
    ['connect-redis again', new RedisStore({ client })],
    ['node-redis', nodeRedis.store],
    ['ioredis', ioredis.store],
    ['node-redis with memory', withMemory.store],
  ];
  for (const [, store] of stores) await fill(store);
  for (const operation of OPERATIONS) {
    for (const inFlight of IN_FLIGHT) {
      await compare(
        operation,
        inFlight,
        stores.map(([name, store]) => contestantOf(name, store, operation)),
      );
    }
  }
  await Promise.all([nodeRedis.close(), ioredis.close(), withMemory.close()]);
}

async function compare(operation: Operation, inFlight: number, all: readonly Contestant[]): Promise<void> {
  const [base, control, ...others] = all as [Contestant, Contestant, ...Contestant[]];
  const played = await play({ base, control, others, inFlight, rounds: ROUNDS, sliceMs: SLICE_MS });
  printMatch(`${operation} x${inFlight}`, played);
  const [own, onIoredis] = played.rows;
  printLimit('on node-redis not below the control', own !== undefined && own.verdict !== 'less');
  if (inFlight !== IOREDIS_LIMIT_AT || onIoredis === undefined) return;
  printLimit(`on ioredis at least ${IOREDIS_LIMIT}`, onIoredis.ratio.median >= IOREDIS_LIMIT);
}

function contestantOf(name: string, store: Store, operation: Operation): Contestant {
  const sessions = allSessions(store);
  let at = 0;
  const next = (): [string, SessionData] => sessions[(at = (at + 1) % SESSIONS)] as [string, SessionData];
  return { name, operate: () => operate(store, operation, ...next()) };
}

function operate(store: Store, operation: Operation, id: string, data: SessionData): Promise<unknown> {
  if (operation === 'get') return call((done) => store.get(id, done));
  // As the middleware does on each request: the cookie's end moves on.
  (data as SessionData & { touch(): void }).touch();
  return call((done) =>
    operation === 'set' ? store.set(id, data, done) : store.touch?.(id, data, done as () => void),
  );
}

async function fill(store: Store): Promise<void> {
  for (const [id, data] of allSessions(store)) await call((done) => store.set(id, data, done));
}

function allSessions(store: Store): [string, SessionData][] {
  return Array.from({ length: SESSIONS }, (_, n) => [benchId(n), sessionOf(store, benchId(n), n)]);
}
