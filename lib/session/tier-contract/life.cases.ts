import { check, checkEqual } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import { OPTIONAL_MEMBERS } from './contract-options.js';

/** @internal */
export const LIFE_CASES: readonly ContractCase[] = [
  {
    name: 'has a name, and says whether it is shared and available',
    play: async ({ tier }) => {
      check(typeof tier.name === 'string' && tier.name.length > 0, 'a tier has a name that is not empty', tier.name);
      check(typeof tier.shared === 'boolean', 'a tier says whether it is shared', tier.shared);
      check(tier.isAvailable, 'a tier that was opened is available', tier.isAvailable);
      check(tier.lastError === undefined, 'a tier that is well has no last error', tier.lastError);
    },
  },
  {
    name: 'has what it is meant to have',
    play: async ({ tier, settings }) => {
      const has = OPTIONAL_MEMBERS.filter((member) => tier[member] !== undefined);
      const lacking = settings.requires.filter((member) => !has.includes(member));
      checkEqual(lacking, [], 'a tier has the optional members that it is meant to have');
      check(tier.ledger === undefined || tier.shared, 'only a shared tier keeps a ledger', { shared: tier.shared });
    },
  },
  {
    name: 'counts what is dirty',
    play: async (trial) => {
      const { tier, entries } = trial;
      for (const n of upTo(3)) await tier.put(trial.idOf(`s${n}`), entries.live(1), true);
      await trial.eventually('dirtyCount counts the dirty entries', () => tier.dirtyCount >= 3);
      await trial.replayAll();
      await trial.eventually('dirtyCount is 0 when none is dirty', () => tier.dirtyCount === 0);
    },
  },
  {
    name: 'may be opened again: what was shared is there, and nothing of this process',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [saved, destroyed] = [trial.idOf('saved'), trial.idOf('destroyed')];
      await tier.put(saved, entries.live(1), true);
      await tier.put(destroyed, entries.dead(1), true);
      await trial.reopen(tier);
      const rule = tier.shared
        ? 'a shared tier that is opened again holds what it held'
        : 'a tier of one process that is opened again holds nothing of the application before';
      for (const id of [saved, destroyed]) check(((await tier.get(id)) !== undefined) === tier.shared, rule, id);
      await tier.put(trial.idOf('next'), entries.live(2), false);
      const next = await tier.get(trial.idOf('next'));
      check(next !== undefined, 'a tier that was opened again takes sessions', next);
    },
  },
  {
    name: 'ends after a drain that was left early, and a write that nobody waited for',
    play: async (trial) => {
      const { tier, entries } = trial;
      await tier.put(trial.idOf('a'), entries.live(1), true);
      await tier.put(trial.idOf('b'), entries.live(1), true);
      for await (const batch of tier.drain(1)) if (batch.length > 0) break;
      const late = tier.put(trial.idOf('c'), entries.live(1), false).then(
        () => undefined,
        () => undefined,
      );
      await trial.close(tier);
      await late;
    },
  },
];
