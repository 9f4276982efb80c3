import type { HeldSession, SessionEntry } from '../interfaces/session-entry.interface.js';
import { checkDead, checkEqual, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { permutationsOf, upTo } from './contract-entries.js';

const NEVER_CREATES = 'touch() gives nothing, and creates nothing, where no live session is held';

/** @internal */
export const TOUCH_CASES: readonly ContractCase[] = [
  {
    name: 'lengthens the life of a session, and changes nothing else of it',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [id, entry, later] = [trial.idOf('touched'), entries.live(1), entries.inHours(2)];
      await tier.put(id, entry, false);
      const rule = 'touch() moves the expiry alone, and gives the result';
      checkTouched(await tier.touch(id, entries.touch(2, later), false), entry, later, rule);
      checkTouched(await tier.get(id), entry, later, rule);
    },
  },
  {
    name: 'never shortens a life',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [id, entry] = [trial.idOf('short'), entries.live(1, entries.inHours(2))];
      await tier.put(id, entry, false);
      const rule = 'touch() with an earlier end leaves the end as it was';
      checkTouched(await tier.touch(id, entries.touch(2, entries.inHours(1)), false), entry, entry.expiresAt, rule);
      checkTouched(await tier.get(id), entry, entry.expiresAt, rule);
    },
  },
  {
    name: 'creates no session',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('none');
      checkNothing(await tier.touch(id, entries.touch(1), false), NEVER_CREATES);
      checkNothing(await tier.get(id), NEVER_CREATES);
    },
  },
  {
    name: 'brings back no session that was destroyed',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('destroyed');
      await tier.put(id, entries.dead(1), false);
      checkNothing(await tier.touch(id, entries.touch(2), false), NEVER_CREATES);
      checkDead(await tier.get(id), 'a touch leaves a tombstone as it was');
    },
  },
  {
    name: 'brings back no session whose time is over',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [id, soon] = [trial.idOf('over'), Date.now() + 100];
      await tier.put(id, entries.live(1, soon), false);
      await trial.untilOver(soon);
      checkNothing(await tier.touch(id, entries.touch(2), false), NEVER_CREATES);
      checkNothing(await tier.get(id), NEVER_CREATES);
    },
  },
  {
    name: 'ends with the latest of several touches, in whatever order they come',
    play: async (trial) => {
      const { tier, entries } = trial;
      const entry = entries.live(1);
      for (const [at, order] of permutationsOf([2, 3, 4]).entries()) {
        const id = trial.idOf(`order-${at}`);
        await tier.put(id, entry, false);
        for (const n of order) await tier.touch(id, entries.touch(n, entries.inHours(n)), false);
        checkTouched(await tier.get(id), entry, entries.inHours(4), 'the latest end of several touches is kept');
      }
    },
  },
  {
    name: 'keeps a touch through saves that were made before it',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('kept');
      await tier.put(id, entries.live(1), false);
      await tier.touch(id, entries.touch(5, entries.inHours(3)), false);
      await tier.put(id, entries.live(3), false);
      const rule = 'a save that is older than a touch takes nothing of it away';
      checkTouched(await tier.get(id), entries.live(3), entries.inHours(3), rule);
    },
  },
  {
    name: 'loses neither a save nor a touch that come at the same time',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = upTo(10).map((n) => trial.idOf(`race-${n}`));
      await Promise.all(ids.map((id) => tier.put(id, entries.live(1), false)));
      await Promise.all(
        ids.flatMap((id) => [
          tier.touch(id, entries.touch(8, entries.inHours(2)), false),
          tier.put(id, entries.live(2), false),
          tier.touch(id, entries.touch(9, entries.inHours(3)), false),
        ]),
      );
      const rule = 'of a save and touches at the same time all are kept';
      for (const id of ids) checkTouched(await tier.get(id), entries.live(2), entries.inHours(3), rule);
    },
  },
];

/** The version of an end that did not move counts for nothing. */
function checkTouched(
  held: HeldSession | undefined,
  { version, data }: SessionEntry,
  expiresAt: number,
  rule: string,
): void {
  const { entry } = held ?? {};
  const seen = entry && { version: entry.version, data: entry.data, expiresAt: entry.expiresAt };
  checkEqual(seen, { version, data, expiresAt }, rule);
}
