import { describeEachDriver } from '../../../support/drivers.js';
import { RedisTestServer } from '../../../support/redis-server.js';
import { CompiledLib } from '../../connection/compiled-lib.js';
import { keysOf } from '../context-app.js';
import { ChatLedger, entriesOf } from './chat-ledger.js';
import type { StoredEntry } from './chat-ledger.js';
import { ChatObserver, keysWithoutEnd } from './chat-observer.js';
import { keepFindings } from './findings.js';
import { KilledWriter } from './killed-writer.js';
import type { Acknowledged } from './killed-writer.js';

const KILLS = Number(process.env['HUB_CONTEXT_KILLS'] ?? 6);
const AT_ONCE = 3;
const CAP = 40;
const CHATS = ['chat-0', 'chat-1', 'chat-2', 'chat-3'];

describeEachDriver('writers that are killed amid their appends', (driver) => {
  let server: RedisTestServer;
  let lib: CompiledLib;

  beforeAll(async () => {
    [server, lib] = await Promise.all([RedisTestServer.start(), CompiledLib.create()]);
    await KilledWriter.provide(lib);
  });
  afterAll(() => Promise.all([server.stop(), lib.stop()]));

  it(
    'leave whole turns, exact caps, and no key without a TTL',
    async () => {
      const observer = await ChatObserver.start(server, CHATS, CAP);
      const acknowledged = await killAll();
      await observer.end();
      const faults = [...observer.faults];
      let turns = 0;
      for (const chat of CHATS) {
        const ledger = new ChatLedger(CAP);
        for (const one of acknowledged) if (one.chat === chat) ledger.acknowledge(one.contents, one);
        const { list, hash } = keysOf(chat);
        const looks = observer.looks.filter((look) => look.chat === chat).map(({ entries }) => entries);
        looks.push(entriesOf(await server.command('LRANGE', list, 0, -1)));
        faults.push(...looks.flatMap((entries) => [...ledger.faultsOf(entries), ...faultsOfTurns(entries)]));
        faults.push(...ledger.faults);
        // What was acknowledged last is there, or something newer pushed it out.
        expect(Number(await server.command('HGET', hash, 'q'))).toBeGreaterThanOrEqual(ledger.last);
        turns += new Set(looks.flat().map(({ content }) => turnNameOf(content))).size;
      }
      expect(faults.slice(0, 10)).toEqual([]);
      expect(await keysWithoutEnd(server)).toEqual([]);
      keepFindings(driver, {
        'processes killed while they appended': KILLS,
        'turns that they were told are stored': acknowledged.length,
        'looks at the lists meanwhile, turns seen there': `${observer.looks.length}, ${turns}`,
        'torn or doubled turns, wrong caps, keys without a TTL': faults.length,
      });
    },
    KILLS * 10_000 + 20_000,
  );

  /** Several at a time, each killed at a random number of turns. */
  async function killAll(): Promise<Acknowledged[]> {
    const acknowledged: Acknowledged[] = [];
    let kills = 0;
    const lane = async (): Promise<void> => {
      while (kills < KILLS) {
        const name = `w${(kills += 1)}`;
        const options = { driver, url: server.url, name, chats: CHATS.length, cap: CAP };
        const writer = KilledWriter.start(lib, options);
        await writer.until(1 + Math.floor(Math.random() * 200));
        await writer.stop();
        acknowledged.push(...writer.acknowledged);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return acknowledged;
  }
});

/** Writer, number and size of the turn that a message belongs to. */
function turnNameOf(content: string): string {
  const [writer, turn, , size] = content.split('.');
  return `${writer}.${turn}.${size}`;
}

/** A turn is there once, in a row, from its first message to its last; only of the oldest the cap may have cut off some. */
function faultsOfTurns(entries: readonly StoredEntry[]): string[] {
  const oldestFirst = entries.toReversed().map(({ content }) => content.split('.'));
  const faults: string[] = [];
  for (const [at, [writer, turn, part, size]] of oldestFirst.entries()) {
    const before = oldestFirst[at - 1];
    const goesOn = before?.[0] === writer && before?.[1] === turn && Number(before?.[2]) === Number(part) - 1;
    if (at > 0 && part !== '0' && !goesOn) faults.push(`${writer}.${turn}.${part} is torn off`);
    const isLast = Number(part) === Number(size) - 1;
    const after = oldestFirst[at + 1];
    if (!isLast && (after?.[0] !== writer || after?.[1] !== turn)) faults.push(`${writer}.${turn} ends at ${part}`);
  }
  const turns = oldestFirst.filter(([, , part]) => part === '0').map((parts) => turnNameOf(parts.join('.')));
  if (new Set(turns).size !== turns.length) faults.push('a turn is there twice');
  return faults;
}
