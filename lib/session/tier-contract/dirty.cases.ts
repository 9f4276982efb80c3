import { check, checkDead, checkEqual, checkIds, checkLive } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import type { TierTrial } from './tier-trial.js';

const KEEPS_MARK = 'the dirty mark stays until Redis confirmed everything that is held';

/** @internal */
export const DIRTY_CASES: readonly ContractCase[] = [
  {
    name: 'marks what Redis has not confirmed, and nothing else',
    play: async (trial) => {
      const [dirty, clean] = [trial.idOf('dirty'), trial.idOf('clean')];
      const put = (id: string, isDirty: boolean) => trial.tier.put(id, trial.entries.live(1), isDirty);
      const given = [(await put(dirty, true)).dirty, (await put(clean, false)).dirty];
      checkEqual(given, [true, false], 'put() gives the mark that it was told');
      await checkMarked(trial, dirty, true);
      await checkMarked(trial, clean, false);
    },
  },
  {
    name: 'clears the mark when the same change comes confirmed, or a newer one',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [same, newer] = [trial.idOf('same'), trial.idOf('newer')];
      for (const id of [same, newer]) await tier.put(id, entries.live(1), true);
      await tier.put(same, entries.live(1), false);
      await tier.put(newer, entries.live(2), false);
      await checkMarked(trial, same, false);
      await checkMarked(trial, newer, false);
    },
  },
  {
    name: 'keeps the mark when an older change comes confirmed',
    play: async (trial) => {
      const id = trial.idOf('older');
      await trial.tier.put(id, trial.entries.live(2), true);
      await trial.tier.put(id, trial.entries.live(1), false);
      await checkMarked(trial, id, true);
    },
  },
  {
    name: 'keeps the mark of a touch when the save before it comes confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('touch');
      await tier.put(id, entries.live(1), false);
      await tier.touch(id, entries.touch(5, entries.inHours(3)), true);
      await checkMarked(trial, id, true);
      await tier.put(id, entries.live(2), false);
      await checkMarked(trial, id, true);
      await tier.confirm(id, entries.live(2));
      await checkMarked(trial, id, true);
    },
  },
  {
    name: 'keeps the mark through a touch that Redis took',
    play: async (trial) => {
      const id = trial.idOf('touched');
      await trial.tier.put(id, trial.entries.live(1), true);
      await trial.tier.touch(id, trial.entries.touch(2), false);
      await checkMarked(trial, id, true);
    },
  },
  {
    name: 'keeps the mark of a tombstone until a tombstone is confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('tombstone');
      await tier.put(id, entries.live(1), false);
      await tier.put(id, entries.dead(2), true);
      await tier.put(id, entries.live(3), false);
      await checkMarked(trial, id, true);
      await tier.confirm(id, entries.dead(2));
      await checkMarked(trial, id, false);
      checkDead(await tier.get(id), 'confirm() clears the mark and keeps the entry');
    },
  },
  {
    name: 'clears the mark by confirm() only for what was confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('confirmed');
      await tier.put(id, entries.live(2), true);
      await tier.confirm(id, entries.live(1));
      await checkMarked(trial, id, true);
      await tier.confirm(id, entries.live(2));
      await checkMarked(trial, id, false);
      checkLive(await tier.get(id), entries.live(2), 'confirm() clears the mark and keeps the entry');
    },
  },
  {
    name: 'creates nothing by confirm(), and by a touch of nothing',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('nothing');
      await tier.confirm(id, entries.live(1));
      await tier.touch(id, entries.touch(2), true);
      checkEqual(await tier.get(id), undefined, 'confirm() and a touch of nothing create nothing');
      checkIds(await trial.drained(), [], 'confirm() and a touch of nothing leave no mark');
    },
  },
  {
    name: 'keeps the mark of a change that comes while an older one is confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = upTo(20).map((n) => trial.idOf(`race-${n}`));
      await Promise.all(ids.map((id) => tier.put(id, entries.live(1), true)));
      await Promise.all(
        ids.flatMap((id, at) => {
          const work = [() => tier.confirm(id, entries.live(1)), () => tier.put(id, entries.live(2), true)];
          return (at % 2 === 0 ? work : work.toReversed()).map(async (act) => void (await act()));
        }),
      );
      for (const id of ids) checkLive(await tier.get(id), entries.live(2), 'a change is held, whatever is confirmed');
      checkIds(await trial.drained(), ids, KEEPS_MARK);
    },
  },
  {
    name: 'remembers a dirty entry whose time is over while an older one may live longer in Redis',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('over');
      const [before, ended] = [entries.live(1), entries.live(2, entries.startedAt - 1)];
      await tier.put(id, before, false);
      await tier.put(id, ended, true);
      const rule = 'a dirty entry is held past its time, until Redis knows of its end';
      checkLive(await tier.get(id), ended, rule);
      checkIds(await trial.drained(), [id], rule);
      checkEqual(await tier.touch(id, entries.touch(3), true), undefined, 'touch() brings back nothing that is over');
    },
  },
  {
    name: 'marks everything when Redis may have lost what it confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = ['live', 'dead', 'dirty'].map((text) => trial.idOf(text));
      const [live = '', dead = '', dirty = ''] = ids;
      await tier.put(live, entries.live(1), false);
      await tier.put(dead, entries.dead(1), false);
      await tier.put(dirty, entries.live(1), true);
      await trial.loseRedis();
      checkIds(await trial.drained(), ids, 'every entry is dirty when Redis may have lost it, tombstones too');
      for (const id of ids) await checkMarked(trial, id, true);
    },
  },
];

/** @internal */
export async function checkMarked({ tier }: TierTrial, id: string, isDirty: boolean): Promise<void> {
  const held = await tier.get(id);
  const rule = isDirty ? KEEPS_MARK : 'the dirty mark is cleared once Redis confirmed what is held';
  check(held?.dirty === isDirty, rule, held);
}
