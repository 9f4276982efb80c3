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

/** What is played. */
interface Play {
  readonly what: string;
  readonly start: Start;
  readonly evict: Evict;
  readonly scene: Scene;
  /** How many orders there are. */
  readonly count: number;
  /** How long a process waits for another that loads; then a read may have more steps than it is given. */
  readonly leaseMs: number;
  /** Takes each so many-th order only. */
  readonly every: number;
}

/** A long run leaves none out. */
const IS_LONG = process.env['HUB_CONTEXT_ORDERS'] === 'all';

const ALL = { evict: 'list and hash', leaseMs: 0, every: 1 } as const;
const TWO_APPEND = { ...ALL, what: 'one reads and two append', scene: ONE_READER, count: 280 };
const TWO_READ = { ...ALL, what: 'two read and one appends', scene: TWO_READERS, count: 5_040 };
const BOTH = { ...ALL, what: 'two read and two append', scene: TWO_OF_EACH, count: 46_200 };

const PLAYS: readonly Play[] = [
  { ...TWO_APPEND, start: 'a cold' },
  { ...TWO_APPEND, start: 'a warm' },
  { ...TWO_APPEND, start: 'a warm', evict: 'list' },
  { ...TWO_APPEND, start: 'a warm', evict: 'hash' },
  { ...TWO_READ, start: 'a cold' },
  { ...TWO_READ, start: 'a warm', every: IS_LONG ? 1 : 3 },
  { ...TWO_READ, start: 'a cold', leaseMs: 30, every: 17 },
];

/** Those that take minutes, in a long run. */
const LONG: readonly Play[] = [
  { ...BOTH, start: 'a cold' },
  { ...BOTH, start: 'a warm' },
  { ...BOTH, start: 'a cold', leaseMs: 30, every: 17 },
];

describeEachDriver('a cold key in two processes', (driver) => {
  let server: RedisTestServer;
  let apps: ContextApp[];
  const processes = new Map<number, readonly ContextCache[]>();
  const truths = new Map<string, Truth>();
  let plays = 0;

  const loader = async (chatId: string): Promise<readonly ContextMessage[]> => {
    await turn();
    return [...(truths.get(chatId)?.rows ?? [])];
  };

  beforeAll(async () => {
    server = await RedisTestServer.start();
    await server.hold();
    apps = await Promise.all([0, 1].map(() => ContextApp.start(driver, server, {}, { commandTimeoutMs: 10_000 })));
    for (const leaseMs of [0, 30]) {
      const settings = validateContextOptions({ loader, loadLeaseMs: leaseMs, maxMessages: CAP });
      const engines = apps.map(({ connection }) => new ContextEngine(staged(connection), settings, () => 1));
      processes.set(
        leaseMs,
        engines.map((engine) => new ContextCache(engine)),
      );
    }
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await server.stop();
  });

  it.each(IS_LONG ? [...PLAYS, ...LONG] : PLAYS)(
    'never shows a hole while $what, begun on $start chat that loses its $evict, $leaseMs ms given to the one that loads',
    async (one) => {
      const orders = [...ordersOf(one.scene.steps)];
      expect(orders).toHaveLength(one.count);
      const played = orders.filter((_, at) => at % one.every === 0);
      expect(await playAll(played, (order) => play(one, order))).toEqual([]);
      const lease = one.leaseMs === 0 ? '' : ', other processes wait for the one that loads';
      const name = `orders: ${one.what}, ${one.start} chat loses its ${one.evict}${lease}`;
      keepFindings(driver, { [name]: `${played.length} of ${one.count}, none with a hole` });
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

  async function play({ scene, start, evict, leaseMs }: Play, order: readonly string[]): Promise<string[]> {
    const at = (place: 0 | 1): ContextCache => processes.get(leaseMs)?.[place] as ContextCache;
    const chat = `${(plays += 1)}`;
    const truth: Truth = { rows: [row('0')], acknowledged: 1 };
    truths.set(chat, truth);
    if (start === 'a warm') await at(1).recent(chat);
    const faults: string[] = [];
    const begun = new Map<string, number>();
    const stage = new Stage((name) => void (begun.has(name) || begun.set(name, truth.acknowledged)));
    for (const [name, places] of Object.entries(scene.writers))
      await stage.enter(name, () => write(chat, truth, places.map(at)));
    for (const [name, place] of Object.entries(scene.readers)) {
      await stage.enter(name, async () => {
        const seen = contents(await at(place).recent(chat));
        faults.push(...faultsOf(name, seen, truth, begun.get(name) ?? 0));
      });
    }
    await stage.enter('clock', () => expire(chat, evict));
    for (const name of order) await stage.step(name);
    if (leaseMs === 0 && !stage.isOver) faults.push('it goes on after its last step');
    await stage.finish();
    faults.push(...(await faultsAtEnd(chat, truth, [at(0), at(1)])));
    truths.delete(chat);
    return faults;
  }

  async function write(chat: string, truth: Truth, places: readonly ContextCache[]): Promise<void> {
    for (const [index, place] of places.entries()) {
      await turn();
      const message = row(`${index + 1}`);
      truth.rows.push(message);
      await place.append(chat, message);
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

  async function faultsAtEnd(chat: string, truth: Truth, places: readonly ContextCache[]): Promise<string[]> {
    const faults: string[] = [];
    for (const [process, place] of places.entries()) {
      const seen = contents(await place.recent(chat));
      faults.push(...faultsOf(`process ${process}, at the end,`, seen, truth, truth.rows.length));
    }
    for (const key of Object.values(keysOf(chat))) {
      if (Number(await server.command('PTTL', key)) <= 0) faults.push(`${key} has no TTL`);
    }
    return faults;
  }
});
