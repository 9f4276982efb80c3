import type { ContextMessage } from '../../../../lib/context/index.js';
import { ContextCache } from '../../../../lib/context/index.js';
import { ContextEngine } from '../../../../lib/context/context.engine.js';
import { validateContextOptions } from '../../../../lib/context/validate-context-options.js';
import { describeEachDriver } from '../../../support/drivers.js';
import { RedisTestServer } from '../../../support/redis-server.js';
import { ContextApp, contents, keysOf } from '../context-app.js';
import { row } from '../loader-double.js';
import { keepFindings } from './findings.js';
import { ordersOf, Stage, staged, turn } from './stage.js';

const PLAYS_AT_ONCE = 48;
const CAP = 2;

/** What is in the database, and what was acknowledged of it. */
interface Truth {
  readonly rows: ContextMessage[];
  acknowledged: number;
}

type Evict = 'list and hash' | 'list' | 'hash';
type Start = 'a cold' | 'a warm';

interface Scene {
  /** How many steps each actor has: a read that finds the chat cold asks Redis, begins to load, and seeds. */
  readonly steps: Readonly<Record<string, number>>;
  /** In which process each writer appends each of its messages, one after the other. */
  readonly writers: Readonly<Record<string, readonly (0 | 1)[]>>;
  readonly readers: Readonly<Record<string, 0 | 1>>;
}

const ONE_READER: Scene = {
  steps: { writer: 4, reader: 3, clock: 1 },
  writers: { writer: [0, 1] },
  readers: { reader: 0 },
};

const TWO_READERS: Scene = {
  steps: { writer: 2, reader: 3, other: 3, clock: 1 },
  writers: { writer: [0] },
  readers: { reader: 0, other: 1 },
};

const TWO_OF_EACH: Scene = {
  steps: { writer: 4, reader: 3, other: 3, clock: 1 },
  writers: { writer: [0, 1] },
  readers: { reader: 0, other: 1 },
};

/** What is played: the scene, what the chat is at first, which keys it loses, and how many orders there are. */
type Play = readonly [what: string, start: Start, evict: Evict, scene: Scene, count: number];

/** Those that take minutes, in a long run. */
const LONG: readonly Play[] =
  process.env['HUB_CONTEXT_ORDERS'] === 'all'
    ? [
        ['two read and two append', 'a cold', 'list and hash', TWO_OF_EACH, 46_200],
        ['two read and two append', 'a warm', 'list and hash', TWO_OF_EACH, 46_200],
      ]
    : [];

const PLAYS: readonly Play[] = [
  ['one reads and two append', 'a cold', 'list and hash', ONE_READER, 280],
  ['one reads and two append', 'a warm', 'list and hash', ONE_READER, 280],
  ['one reads and two append', 'a warm', 'list', ONE_READER, 280],
  ['one reads and two append', 'a warm', 'hash', ONE_READER, 280],
  ['two read and one appends', 'a cold', 'list and hash', TWO_READERS, 5_040],
  ['two read and one appends', 'a warm', 'list and hash', TWO_READERS, 5_040],
  ...LONG,
];

describeEachDriver('a cold key in two processes', (driver) => {
  let server: RedisTestServer;
  let apps: ContextApp[];
  let processes: ContextCache[];
  const truths = new Map<string, Truth>();
  let plays = 0;

  const loader = async (chatId: string): Promise<readonly ContextMessage[]> => {
    await turn();
    return [...(truths.get(chatId)?.rows ?? [])];
  };
  const settings = validateContextOptions({ loader, loadLeaseMs: 0, maxMessages: CAP });

  beforeAll(async () => {
    server = await RedisTestServer.start();
    await server.hold();
    apps = await Promise.all([0, 1].map(() => ContextApp.start(driver, server, {}, { commandTimeoutMs: 10_000 })));
    processes = apps.map(
      ({ connection }) => new ContextCache(new ContextEngine(staged(connection), settings, () => 1)),
    );
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await server.stop();
  });

  it.each(PLAYS)(
    'never shows a hole while %s, begun on %s chat that loses its %s',
    async (...of) => {
      const [what, start, evict, scene, count] = of;
      const orders = [...ordersOf(scene.steps)];
      expect(orders).toHaveLength(count);
      expect(await playAll(orders, (order) => play(scene, order, start, evict))).toEqual([]);
      keepFindings(driver, { [`orders: ${what}, ${start} chat loses its ${evict}`]: `${count}, none with a hole` });
    },
    300_000,
  );

  /** What was seen that must not be, a line each. */
  async function playAll(
    orders: readonly (readonly string[])[],
    playOne: (order: readonly string[]) => Promise<string[]>,
  ): Promise<string[]> {
    const faults: string[] = [];
    const left = orders.values();
    const lane = async (): Promise<void> => {
      for (const order of left) {
        for (const fault of await playOne(order)) faults.push(`${order.join(' ')}: ${fault}`);
        if (faults.length > 5) return;
      }
    };
    await Promise.all(Array.from({ length: PLAYS_AT_ONCE }, lane));
    return faults;
  }

  async function play(scene: Scene, order: readonly string[], start: Start, evict: Evict): Promise<string[]> {
    const chat = `${(plays += 1)}`;
    const truth: Truth = { rows: [row('0')], acknowledged: 1 };
    truths.set(chat, truth);
    if (start === 'a warm') await processes[1]?.recent(chat);
    const faults: string[] = [];
    const begun = new Map<string, number>();
    const stage = new Stage((name) => void (begun.has(name) || begun.set(name, truth.acknowledged)));
    for (const [name, places] of Object.entries(scene.writers))
      await stage.enter(name, () => write(chat, truth, places));
    for (const [name, place] of Object.entries(scene.readers)) {
      await stage.enter(name, async () => {
        const seen = contents(await at(place).recent(chat));
        faults.push(...faultsOf(name, seen, truth, begun.get(name) ?? 0));
      });
    }
    await stage.enter('clock', () => expire(chat, evict));
    for (const name of order) await stage.step(name);
    if (!stage.isOver) faults.push('it goes on after its last step');
    await stage.finish();
    faults.push(...(await faultsAtEnd(chat, truth)));
    truths.delete(chat);
    return faults;
  }

  const at = (place: 0 | 1): ContextCache => processes[place] as ContextCache;

  async function write(chat: string, truth: Truth, places: readonly (0 | 1)[]): Promise<void> {
    for (const [index, place] of places.entries()) {
      await turn();
      const message = row(`${index + 1}`);
      truth.rows.push(message);
      await at(place).append(chat, message);
      truth.acknowledged += 1;
    }
  }

  async function expire(chat: string, evict: Evict): Promise<void> {
    await turn();
    const { list, hash } = keysOf(chat);
    await server.command('DEL', ...(evict === 'list' ? [list] : evict === 'hash' ? [hash] : [list, hash]));
  }

  /** A read shows the end of what the database held at some moment, with all that was acknowledged before it began. */
  function faultsOf(name: string, seen: readonly unknown[], { rows }: Truth, acknowledged: number): string[] {
    const moments = Array.from({ length: rows.length - acknowledged + 1 }, (_, more) => acknowledged + more);
    const allowed = moments.map((length) => contents(rows.slice(0, length).slice(-CAP)).join());
    return allowed.includes(seen.join()) ? [] : [`${name} saw ${seen.join()}, not ${allowed.join(' or ')}`];
  }

  async function faultsAtEnd(chat: string, truth: Truth): Promise<string[]> {
    const faults: string[] = [];
    for (const place of [0, 1] as const) {
      faults.push(
        ...faultsOf(`process ${place}, at the end,`, contents(await at(place).recent(chat)), truth, truth.rows.length),
      );
    }
    for (const key of Object.values(keysOf(chat))) {
      if (Number(await server.command('PTTL', key)) <= 0) faults.push(`${key} has no TTL`);
    }
    return faults;
  }
});
