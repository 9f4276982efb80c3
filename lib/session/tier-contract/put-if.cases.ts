import type { SessionEntry } from '../interfaces/session-entry.interface.js';
import { check, checkDead, checkEqual, checkIds, checkLive, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import { checkMarked } from './dirty.cases.js';
import type { TierTrial } from './tier-trial.js';

const CONFLICT = 'putIf() changes nothing, and gives nothing, where another version is held';

/** @internal */
export const PUT_IF_CASES: readonly ContractCase[] = [
  {
    name: 'replaces the version that was expected, and no other',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('expected');
      await tier.put(id, entries.live(1), false);
      checkLive(await putIf(trial, id, entries.live(2), 1), entries.live(2), 'putIf() replaces the version expected');
      checkNothing(await putIf(trial, id, entries.live(3), 1), CONFLICT);
      checkNothing(await putIf(trial, id, entries.live(4), 5), CONFLICT);
      checkLive(await tier.get(id), entries.live(2), CONFLICT);
    },
  },
  {
    name: 'takes no touch for a conflict',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('touched');
      await tier.put(id, entries.live(1), false);
      await tier.touch(id, entries.touch(2, entries.inHours(2)), false);
      const held = await putIf(trial, id, entries.live(3, entries.inHours(3)), 1);
      checkLive(
        held,
        entries.live(3, entries.inHours(3)),
        'putIf() goes by the version of the data, not of the expiry',
      );
    },
  },
  {
    name: 'replaces no tombstone',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('destroyed');
      await tier.put(id, entries.live(1), false);
      await tier.put(id, entries.dead(2), false);
      const version = (await tier.get(id))?.entry.version ?? '';
      checkNothing(await tier.putIf?.(id, entries.live(3), version, false), CONFLICT);
      checkNothing(await putIf(trial, id, entries.live(3), 1), CONFLICT);
      checkDead(await tier.get(id), CONFLICT);
    },
  },
  {
    name: 'puts where nothing is held, and where the time of what was is over',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [none, over, soon] = [trial.idOf('none'), trial.idOf('over'), Date.now() + 100];
      const rule = 'putIf() puts where no live entry is held';
      checkLive(await putIf(trial, none, entries.live(2), 1), entries.live(2), rule);
      await tier.put(over, entries.live(1, soon), false);
      await trial.untilOver(soon);
      checkLive(await putIf(trial, over, entries.live(3), 2), entries.live(3), rule);
    },
  },
  {
    name: 'lets one of many that expect the same version succeed',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      for (const round of upTo(5)) {
        const id = trial.idOf(`race-${round}`);
        await tier.put(id, entries.live(1), false);
        const rivals = upTo(8).map((n) => entries.live(n + 1));
        const answers = await Promise.all(rivals.map((entry) => putIf(trial, id, entry, 1)));
        const winners = rivals.filter((_entry, at) => answers[at] !== undefined);
        check(winners.length === 1, 'of changes that expect the same version one succeeds', { winners });
        checkEqual((await tier.get(id))?.entry.version, winners[0]?.version, 'the change that succeeded is held');
      }
    },
  },
  {
    name: 'marks a change that Redis has not confirmed, where it made one',
    needs: 'putIf',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [changed, refused] = [trial.idOf('changed'), trial.idOf('refused')];
      for (const id of [changed, refused]) await tier.put(id, entries.live(1), false);
      await tier.putIf?.(changed, entries.live(2), entries.versionOf(1), true);
      await tier.putIf?.(refused, entries.live(3), entries.versionOf(2), true);
      await checkMarked(trial, changed, true);
      await checkMarked(trial, refused, false);
      checkIds(await trial.drained(), [changed], 'putIf() marks what it changed, and nothing else');
    },
  },
];

async function putIf({ tier, entries }: TierTrial, id: string, entry: SessionEntry, expected: number) {
  return tier.putIf?.(id, entry, entries.versionOf(expected), false);
}
