import { check, checkLive, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import type { TierTrial } from './tier-trial.js';

const ENDS = 'a clean entry is gone once its time is over';
const LATEST_MS = 100 * 365 * 24 * 3_600_000;

/** @internal */
export const EXPIRY_CASES: readonly ContractCase[] = [
  {
    name: 'ends a session to the millisecond',
    play: async (trial) => {
      const [id, end] = [trial.idOf('to the ms'), Date.now() + 150];
      await trial.tier.put(id, trial.entries.live(1, end), false);
      await watchEnd(trial, id, end);
    },
  },
  {
    name: 'ends a touched session when the touch says, and not before',
    play: async (trial) => {
      const { tier, entries } = trial;
      const { id, soon } = await trial.beforeSoon(async (touched, end) => {
        await tier.put(touched, entries.live(1, end), false);
        await tier.touch(touched, entries.touch(2, end + 150), false);
      });
      await watchEnd(trial, id, soon + 150);
    },
  },
  {
    name: 'lets a newer save end a session sooner',
    play: async (trial) => {
      const [id, end] = [trial.idOf('sooner'), Date.now() + 150];
      await trial.putAll(id, [trial.entries.live(1), trial.entries.live(2, end)]);
      await watchEnd(trial, id, end);
    },
  },
  {
    name: 'has forgotten a clean entry that was over when it came',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('past');
      await tier.put(id, entries.live(1, entries.startedAt - 1_000), false);
      await trial.untilOver(entries.startedAt);
      checkNothing(await tier.get(id), ENDS);
    },
  },
  {
    name: 'forgets a tombstone when nothing was promised any more',
    play: async (trial) => {
      const [id, soon] = [trial.idOf('dead'), Date.now() + 100];
      await trial.tier.put(id, trial.entries.dead(1, soon), false);
      await trial.untilOver(soon);
      checkNothing(await trial.get(id), ENDS);
    },
  },
  {
    name: 'takes a session anew whose time was over',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [id, soon] = [trial.idOf('anew'), Date.now() + 100];
      await tier.put(id, entries.live(1, soon), false);
      await trial.untilOver(soon);
      await tier.put(id, entries.live(2), false);
      checkLive(await tier.get(id), entries.live(2), 'a save after the end of a session is held');
    },
  },
  {
    name: 'keeps an end that is a hundred years away',
    play: async (trial) => {
      const { tier, entries } = trial;
      const id = trial.idOf('century');
      const entry = entries.live(1, entries.startedAt + LATEST_MS);
      await tier.put(id, entry, false);
      checkLive(await tier.get(id), entry, 'the end is kept to the millisecond, however far away');
    },
  },
];

/** Asks until it is gone: it must be there before its end, and not after. */
async function watchEnd({ tier, settings }: TierTrial, id: string, end: number): Promise<void> {
  for (;;) {
    const askedAt = Date.now();
    const held = await tier.get(id);
    const answeredAt = Date.now();
    const isThere = held !== undefined;
    check(isThere || answeredAt >= end, 'an entry is held until its expiry', { askedAt, answeredAt, end });
    if (askedAt >= end + settings.lateByMs) return check(!isThere, ENDS, { askedAt, end, held });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
