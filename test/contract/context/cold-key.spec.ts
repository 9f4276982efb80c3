import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';
import type { HeldLoad } from './loader-double.js';

/** What two writers, one reader and the clock do, each in its own order. */
const ACTORS = [['write 1', 'append 1', 'write 2', 'append 2'], ['begin read', 'finish read'], ['expire']] as const;

type Step = (typeof ACTORS)[number][number];

describeEachDriver('a cold key is not a short chat', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;
  const db = new LoaderDouble();

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { loader: db.loader });
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it.each([
    ['cold', false],
    ['warm', true],
  ])('in no order of append, expiry and load, begun on a %s chat, is there a hole', async (_name, isWarm) => {
    const orders = interleavings(ACTORS);
    expect(orders).toHaveLength(105);
    for (const order of orders) await play(order, isWarm);
  });

  async function play(order: readonly Step[], isWarm: boolean): Promise<void> {
    db.rows.splice(0, db.rows.length, row('0'));
    db.hold = false;
    await server.command('FLUSHALL');
    if (isWarm) await app.cache.recent('c');
    db.hold = true;
    const acknowledged: string[] = [];
    const reader = createReader();
    for (const step of order) {
      if (step === 'begin read') await reader.begin();
      else if (step === 'finish read') await reader.finish();
      else if (step === 'expire') await server.command('DEL', ...Object.values(keysOf('c')));
      else await write(step, acknowledged);
      expect({ order, ...(await listOf()) }).toEqual({ order, ...expectedOf(await listOf(), acknowledged) });
    }
    db.hold = false;
    expect({ order, read: contents(await app.cache.recent('c')) }).toEqual({ order, read: ['0', '1', '2'] });
  }

  function createReader(): { begin(): Promise<void>; finish(): Promise<void> } {
    let load: HeldLoad | undefined;
    let read: Promise<unknown> = Promise.resolve();
    return {
      begin: async () => {
        const begun = db.nextLoad().then((held) => (load = held));
        read = app.cache.recent('c');
        // A warm chat begins no load: the read itself ends then.
        await Promise.race([begun, read]);
      },
      finish: async () => {
        load?.finish();
        await read;
      },
    };
  }

  async function write(step: Step, acknowledged: string[]): Promise<void> {
    const [what, content = ''] = step.split(' ');
    if (what === 'write') return void db.write(row(content));
    await app.cache.append('c', row(content));
    acknowledged.push(content);
  }

  /** What a reader would be told is the whole chat: nothing while it is cold. */
  async function listOf(): Promise<{ whole: boolean; messages: unknown[] }> {
    const { list, hash } = keysOf('c');
    const whole = (await server.command('HGET', hash, 'w')) === '1';
    const entries = (await server.command('LRANGE', list, 0, -1)) as string[];
    const messages = entries.map((entry) => JSON.parse(entry.slice(entry.indexOf('{'))) as { content: string });
    return { whole, messages: whole ? contents(messages).toReversed() : [] };
  }

  /** Whole: from the first message on, without a hole, and at least to the last one that was acknowledged. */
  function expectedOf(seen: { whole: boolean; messages: unknown[] }, acknowledged: string[]): typeof seen {
    if (!seen.whole) return seen;
    const length = Math.max(seen.messages.length, 1 + acknowledged.length);
    return { whole: true, messages: contents(db.rows).slice(0, length) };
  }
});

function interleavings(actors: readonly (readonly Step[])[]): Step[][] {
  const left = actors.filter((steps) => steps.length > 0);
  if (left.length === 0) return [[]];
  return left.flatMap((steps) => {
    const rest = left.map((other) => (other === steps ? steps.slice(1) : other));
    return interleavings(rest).map((order) => [steps[0] as Step, ...order]);
  });
}
