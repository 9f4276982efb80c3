import type { SessionEntry } from '../interfaces/session-entry.interface.js';
import { isTombstone, joinEntries } from '../join-entries.js';
import { checkDead, checkLive, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { ContractEntries, permutationsOf, upTo } from './contract-entries.js';
import type { TierTrial } from './tier-trial.js';

const DEAD_STAYS_DEAD = 'a tombstone wins over every save, however new';

/** Few changes of one session, whose joins are the same in every order. @internal */
export function historiesOf(entries: ContractEntries): Readonly<Record<string, readonly SessionEntry[]>> {
  const in3 = entries.inHours(3);
  const first = entries.live(1);
  return {
    'three saves, of which the newest ends first': [entries.live(1, in3), entries.live(2, in3), entries.live(3)],
    'a save, its touch, and a newer save': [first, entries.touched(first, 2, in3), entries.live(3)],
    'a save, a newer save, and a touch after both': [first, entries.live(2), entries.touched(first, 4, in3)],
    'a save, its touch, and a change that left the end as it was before the touch': [
      first,
      entries.touched(first, 2, in3),
      entries.live(3, first.expiresAt, { expiryVersion: first.expiryVersion }),
    ],
    'a save, a touch of it, and another': [
      first,
      entries.touched(first, 2, entries.inHours(2)),
      entries.touched(first, 3, in3),
    ],
    'a logout between two saves': [first, entries.dead(2), entries.live(3, in3)],
    'two logouts and two saves': [first, entries.dead(2), entries.dead(3, in3), entries.live(4)],
  };
}

/** @internal */
export const JOIN_CASES: readonly ContractCase[] = [
  {
    name: 'gives back what was put, for that session alone',
    play: async (trial) => {
      const [a, b] = [trial.idOf('a'), trial.idOf('b')];
      checkNothing(await trial.get(a), 'get() gives nothing where nothing was put');
      const entry = trial.entries.live(1);
      checkLive(await trial.tier.put(a, entry, false), entry, 'put() gives what it holds then');
      checkLive(await trial.get(a), entry, 'get() gives what was put');
      checkNothing(await trial.get(b), 'get() gives nothing for another session');
    },
  },
  ...Object.keys(historiesOf(new ContractEntries())).map((history): ContractCase => ({
    name: `ends in the same state, in whatever order they come, and twice: ${history}`,
    play: (trial) => playHistory(trial, historiesOf(trial.entries)[history] ?? []),
  })),
  {
    name: 'does not lengthen a life by a late save',
    play: async (trial) => {
      const [id, newer] = [trial.idOf('late'), trial.entries.live(2)];
      await trial.putAll(id, [newer, trial.entries.live(1, trial.entries.inHours(5))]);
      checkLive(await trial.get(id), newer, 'an older save changes neither data nor expiry of a newer one');
    },
  },
  {
    name: 'joins a long history as joinEntries does',
    play: async (trial) => {
      const id = trial.idOf('long');
      let expected: SessionEntry | undefined;
      for (const entry of longHistory(trial.entries)) {
        expected = expected === undefined ? entry : joinEntries(expected, entry);
        const held = await trial.tier.put(id, entry, false);
        checkJoined(trial, held, expected, 'put() joins what comes with what it holds, as joinEntries does');
      }
    },
  },
  {
    name: 'keeps a session destroyed against later saves and touches',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('destroyed');
      await trial.putAll(id, [entries.live(1), entries.dead(2)]);
      checkDead(await tier.put(id, entries.live(9, entries.inHours(3)), false), DEAD_STAYS_DEAD);
      checkNothing(await tier.touch(id, entries.touch(10), false), 'touch() gives nothing for a tombstone');
      checkDead(await trial.get(id), DEAD_STAYS_DEAD);
    },
  },
  {
    name: 'remembers a tombstone for as long as anything was promised for its session',
    play: async (trial) => {
      const { entries } = trial;
      const before = await trial.beforeSoon((id, soon) => trial.putAll(id, [entries.live(1), entries.dead(2, soon)]));
      const after = await trial.beforeSoon((id, soon) => trial.putAll(id, [entries.dead(2, soon), entries.live(3)]));
      await trial.untilOver(Math.max(before.soon, after.soon));
      const rule = 'a tombstone outlives what was promised before it, and by late saves';
      for (const { id } of [before, after]) {
        checkDead(await trial.get(id), rule);
        checkDead(await trial.tier.put(id, entries.live(1), false), rule);
      }
    },
  },
  {
    name: 'keeps the newest of many saves at once',
    play: async (trial) => {
      const id = trial.idOf('crowd');
      const saves = upTo(20).map((n) => trial.entries.live((n * 8) % 21));
      await Promise.all(saves.map((entry) => trial.tier.put(id, entry, false)));
      checkLive(await trial.get(id), trial.entries.live(20), 'of saves at the same time the newest is held');
    },
  },
  {
    name: 'keeps a session destroyed that is saved at the same time',
    play: async (trial) => {
      const ids = upTo(10).map((n) => trial.idOf(`race-${n}`));
      const { tier, entries } = trial;
      await Promise.all(ids.map((id) => tier.put(id, entries.live(1), false)));
      await Promise.all(
        ids.flatMap((id) => [
          tier.put(id, entries.live(2), false),
          tier.put(id, entries.dead(3), false),
          tier.put(id, entries.live(4), false),
        ]),
      );
      for (const id of ids) checkDead(await trial.get(id), DEAD_STAYS_DEAD);
    },
  },
];

async function playHistory(trial: TierTrial, history: readonly SessionEntry[]): Promise<void> {
  const rule = 'writes that come late, twice or out of order end in the same state';
  for (const [at, order] of permutationsOf(history).entries()) {
    const id = trial.idOf(`order-${at}`);
    const expected = order.reduce(joinEntries);
    checkJoined(trial, await trial.putAll(id, order), expected, rule);
    checkJoined(trial, await trial.get(id), expected, rule);
    await trial.putAll(id, order);
    checkJoined(trial, await trial.get(id), expected, rule);
  }
}

function checkJoined(
  { settings }: TierTrial,
  held: Parameters<typeof checkLive>[0],
  expected: SessionEntry,
  rule: string,
): void {
  if (isTombstone(expected)) checkDead(held, rule, expected.expiresAt - settings.lateByMs);
  else checkLive(held, expected, rule);
}

/** Mixed, and the same each time; its tombstone comes late. */
function longHistory(entries: ContractEntries): readonly SessionEntry[] {
  return upTo(60).map((step) => {
    const version = (step * 17) % 31;
    const expiresAt = entries.inHours(1 + ((step * 5) % 7));
    if (step === 50) return entries.dead(version, expiresAt);
    return entries.touched(entries.live(version), version + ((step * 3) % 5), expiresAt);
  });
}
