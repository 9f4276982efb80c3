import { isOutage } from '../../../../lib/errors/is-outage.js';
import type { AppendResult, ContextMessage } from '../../../../lib/context/index.js';
import { describeEachDriver } from '../../../support/drivers.js';
import { deferred } from '../../../support/eventually.js';
import { RedisTestServer } from '../../../support/redis-server.js';
import { ContextApp, contents, keysOf } from '../context-app.js';
import { ChatLedger, entriesOf } from './chat-ledger.js';
import { ChatObserver, keysWithoutEnd } from './chat-observer.js';

const WRITERS = 64;
const TURNS = 10_000;
const PATIENT = { commandTimeoutMs: 15_000 } as const;
const QUICK = { commandTimeoutMs: 150, watchdogIntervalMs: 100 } as const;

/** Mostly one to three messages, now and then fifty. */
const sizeOf = (turn: number): number => (turn % 200 === 0 ? 50 : 1 + (turn % 3));

/** A turn whose messages say where they belong. */
function turnOf(turn: number, size = sizeOf(turn)): ContextMessage[] {
  return Array.from({ length: size }, (_, part) => {
    const id = `${turn}.${part}/${size}`;
    return { role: part === 0 ? 'user' : 'assistant', content: id, id };
  });
}

/** So many at once, each with the next number until all are done. */
async function inLanes(lanes: number, count: number, run: (n: number, lane: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (_: unknown, at: number): Promise<void> => {
    while (next < count) await run((next += 1), at);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

describeEachDriver(`${WRITERS} writers in two processes`, (driver) => {
  let server: RedisTestServer;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(() => server.stop());

  const start = (maxMessages: number, redis: object): Promise<ContextApp[]> =>
    Promise.all([0, 1].map(() => ContextApp.start(driver, server, { maxMessages, countTokens: 'estimate' }, redis)));
  const stop = (apps: readonly ContextApp[]) => Promise.all(apps.map((app) => app.stop()));

  it.each([
    ['one chat', 1, 60],
    ['500 chats', 500, 10],
  ])(
    'lose, double and mix nothing of 10,000 turns in %s, and the cap is exact at every moment',
    async (_where, count, cap) => {
      const apps = await start(cap, PATIENT);
      const chats = Array.from({ length: count }, (_, n) => `chat-${n}`);
      const ledgers = new Map(chats.map((chat) => [chat, new ChatLedger(cap)]));
      const observer = await ChatObserver.start(server, chats, cap);
      await inLanes(WRITERS, TURNS, async (n, lane) => {
        const chat = chats[n % count] ?? '';
        const turn = turnOf(n);
        const result = (await apps[lane % apps.length]?.cache.append(chat, turn)) as AppendResult;
        ledgers.get(chat)?.acknowledge(contents(turn) as string[], result);
      });
      await observer.end();
      for (const chat of chats) {
        observer.looks.push({ chat, entries: entriesOf(await server.command('LRANGE', keysOf(chat).list, 0, -1)) });
      }
      const faults = observer.looks.flatMap(({ chat, entries }) => ledgers.get(chat)?.faultsOf(entries) ?? []);
      faults.push(...observer.faults, ...[...ledgers.values()].flatMap((ledger) => ledger.faults));
      expect(faults.slice(0, 10)).toEqual([]);
      expect([...ledgers.values()].every(({ isComplete, last }) => isComplete && last > cap)).toBe(true);
      expect(observer.looks.length).toBeGreaterThan(chats.length + 20);
      expect(await keysWithoutEnd(server)).toEqual([]);
      await stop(apps);
    },
    60_000,
  );

  it.each([1, 3, 60])('store turns of 1, 2 and 50 messages under a cap of %i', async (cap) => {
    const [app] = (await start(cap, {})) as [ContextApp, ContextApp];
    const said: unknown[] = [];
    for (const [n, size] of [1, 2, 50, 1].entries()) {
      said.push(...contents(turnOf(n, size)));
      const { length } = await app.cache.append('c', turnOf(n, size));
      expect(length).toBe(Math.min(cap, said.length));
      expect(contents(await app.cache.recent('c'))).toEqual(said.slice(-cap));
    }
    await app.stop();
  });

  it('store each turn once that they repeat after a deadline, the server frozen amid their appends', async () => {
    const apps = await start(10_000, QUICK);
    const [half, failed] = [deferred(), deferred()];
    let acknowledged = 0;
    const append = async (app: ContextApp, n: number): Promise<void> => {
      for (;;) {
        try {
          await app.cache.append('c', turnOf(n, 1 + (n % 3)));
          if ((acknowledged += 1) === 200) half.resolve();
          return;
        } catch (error) {
          if (!isOutage(error)) throw error;
          failed.resolve();
          await app.connection.ensureReadyClient().catch(() => undefined);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    };
    const writing = inLanes(16, 400, (n, lane) => append(apps[lane % 2] as ContextApp, n));
    await half.promise;
    await server.freeze();
    await failed.promise;
    await server.thaw();
    await writing;
    const seen = contents(await (apps[0] as ContextApp).cache.recent('c')) as string[];
    const turns = seen.filter((content) => content.includes('.0/')).map((content) => Number.parseInt(content, 10));
    expect(turns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
    expect(seen).toEqual(turns.flatMap((n) => contents(turnOf(n, 1 + (n % 3)))));
    await stop(apps);
  });
});
