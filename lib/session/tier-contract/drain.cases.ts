import { check, checkEqual, checkIds, checkLive } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import { checkMarked } from './dirty.cases.js';
import type { TierTrial } from './tier-trial.js';

const DRAINS_ALL = 'drain() gives every dirty entry once, and nothing else';

/** @internal */
export const DRAIN_CASES: readonly ContractCase[] = [
  {
    name: 'drains every dirty entry once, in batches, until it is confirmed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = await putDirty(trial, 5);
      await tier.put(trial.idOf('clean'), entries.live(1), false);
      for (const size of [1, 2, 5, 100]) checkIds(await trial.drained(tier, size), ids, DRAINS_ALL);
      await Promise.all(ids.slice(0, 3).map((id) => tier.confirm(id, entries.live(1))));
      checkIds(await trial.drained(), ids.slice(3), DRAINS_ALL);
    },
  },
  {
    name: 'drains entries as they are held, tombstones too',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [saved, destroyed] = [trial.idOf('saved'), trial.idOf('destroyed')];
      const entry = entries.live(2, entries.inHours(3), { data: '{"user":"ada"}' });
      await tier.put(saved, entries.live(1), true);
      await tier.put(saved, entry, true);
      await tier.put(destroyed, entries.dead(1), true);
      const found = new Map<string, Parameters<typeof checkLive>[1]>();
      for await (const batch of tier.drain(10)) for (const dirty of batch) found.set(dirty.id, dirty.entry);
      const drained = found.get(saved);
      checkLive(drained && { entry: drained, dirty: true }, entry, 'drain() gives what is held');
      const tombstone = found.get(destroyed);
      check(tombstone !== undefined && tombstone.data === undefined, 'drain() gives tombstones too', tombstone);
    },
  },
  {
    name: 'goes on while entries are confirmed and changed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = await putDirty(trial, 12);
      const late = trial.idOf('late');
      const seen: string[] = [];
      for await (const batch of tier.drain(3)) {
        const own = batch.filter(({ id }) => trial.isOwn(id));
        seen.push(...own.map(({ id }) => id));
        await Promise.all(own.map(({ id, entry }) => tier.confirm(id, entry)));
        await tier.put(late, entries.live(2), true);
      }
      checkIds(
        seen.filter((id) => id !== late),
        ids,
        'drain() leaves out no entry while others are confirmed',
      );
      checkIds(
        (await trial.drained()).filter((id) => id !== late),
        [],
        'what was confirmed during a drain is not drained again',
      );
      check((await tier.get(late)) !== undefined, 'writes during a drain are held', late);
    },
  },
  {
    name: 'drains again what was changed after it was drained',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [id = ''] = await putDirty(trial, 1);
      for await (const batch of tier.drain(10)) {
        for (const dirty of batch.filter((one) => one.id === id)) {
          await tier.put(id, entries.live(2), true);
          await tier.confirm(id, dirty.entry);
        }
      }
      await checkMarked(trial, id, true);
      checkIds(
        await trial.drained(),
        [id],
        'a change that came after its older one was drained waits for the next drain',
      );
    },
  },
  {
    name: 'drains anew when a drain was left early',
    play: async (trial) => {
      const ids = await putDirty(trial, 5);
      for await (const batch of trial.tier.drain(1)) if (batch.length > 0) break;
      checkIds(await trial.drained(), ids, 'a drain that was left early holds nothing up');
    },
  },
  {
    name: 'forgets a clean entry only while it is the one that was meant',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('forgotten');
      const { entry: old } = await tier.put(id, entries.live(1), false);
      await tier.put(id, entries.live(2), false);
      await tier.forget(id, old);
      const held = await tier.get(id);
      checkLive(held, entries.live(2), 'forget() leaves an entry that is newer than the one that was meant');
      if (held !== undefined) await tier.forget(id, held.entry);
      checkEqual(await tier.get(id), undefined, 'forget() drops the clean entry that was meant');
    },
  },
  {
    name: 'forgets no dirty entry',
    play: async (trial) => {
      const [id = ''] = await putDirty(trial, 1);
      const held = await trial.get(id);
      if (held !== undefined) await trial.tier.forget(id, held.entry);
      checkLive(await trial.get(id), trial.entries.live(1), 'forget() leaves what Redis has not confirmed');
      checkIds(await trial.drained(), [id], DRAINS_ALL);
    },
  },
];

async function putDirty(trial: TierTrial, count: number): Promise<string[]> {
  const ids = upTo(count).map((n) => trial.idOf(`s${n}`));
  for (const id of ids) await trial.tier.put(id, trial.entries.live(1), true);
  return ids;
}
