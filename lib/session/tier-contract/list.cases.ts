import { check, checkEqual, checkIds } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import { ODD_TEXTS } from './id.cases.js';

const LISTS_LIVE = 'ids() gives every live session once, and nothing else';
const FINDS_LIVE = 'idsOfUser() gives the live sessions of that user, and no other';

/** @internal */
export const LIST_CASES: readonly ContractCase[] = [
  {
    name: 'lists every live session once, page by page',
    needs: 'ids',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = upTo(25).map((n) => trial.idOf(`s${n}`));
      await Promise.all(ids.map((id, at) => tier.put(id, entries.live(1), at % 2 === 0)));
      for (const size of [1, 10, 25, 1_000]) checkIds(await trial.listed(size), ids, LISTS_LIVE);
    },
  },
  {
    name: 'lists neither what was destroyed nor what is over',
    needs: 'ids',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [live, dead, over, dirty] = ['live', 'dead', 'over', 'dirty'].map((text) => trial.idOf(text));
      const soon = Date.now() + 50;
      await tier.put(live ?? '', entries.live(1), false);
      await tier.put(dead ?? '', entries.live(1), false);
      await tier.put(dead ?? '', entries.dead(2), true);
      await tier.put(over ?? '', entries.live(1, soon), false);
      await tier.put(dirty ?? '', entries.live(1, soon), true);
      await trial.untilOver(soon);
      checkIds(await trial.listed(10), [live ?? ''], LISTS_LIVE);
    },
  },
  {
    name: 'lists what is there all the time while others come and go',
    needs: 'ids',
    play: async (trial) => {
      const { tier, entries } = trial;
      const ids = upTo(12).map((n) => trial.idOf(`stays-${n}`));
      for (const id of ids) await tier.put(id, entries.live(1), false);
      const seen: string[] = [];
      for await (const page of tier.ids?.(3) ?? []) {
        seen.push(...page);
        await tier.put(trial.idOf(`comes-${seen.length}`), entries.live(1), false);
      }
      checkIds(
        seen.filter((id) => ids.includes(id)),
        ids,
        LISTS_LIVE,
      );
    },
  },
  {
    name: 'finds the live sessions of a user',
    needs: 'idsOfUser',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [ada, mo] = [trial.idOf('ada'), trial.idOf('mo')];
      const names = ['one', 'two', 'dead', 'over', 'others', 'nobody'];
      const [one = '', two = '', dead = '', over = '', others = '', nobody = ''] = names.map((text) =>
        trial.idOf(text),
      );
      const soon = Date.now() + 50;
      const of = (userId: string, expiresAt = entries.inHours(1)) => entries.live(1, expiresAt, { userId });
      await tier.put(one, of(ada), false);
      await tier.put(two, of(ada), true);
      await tier.put(dead, of(ada), false);
      await tier.put(dead, entries.dead(2), false);
      await tier.put(over, of(ada, soon), false);
      await tier.put(others, of(mo), false);
      await tier.put(nobody, entries.live(1), false);
      await trial.untilOver(soon);
      checkIds((await tier.idsOfUser?.(ada)) ?? [], [one, two], FINDS_LIVE);
      checkIds((await tier.idsOfUser?.(mo)) ?? [], [others], FINDS_LIVE);
      checkIds((await tier.idsOfUser?.(trial.idOf('none'))) ?? [], [], FINDS_LIVE);
    },
  },
  {
    name: 'has the user follow the data: the newest counts, and a touch changes nothing',
    needs: 'idsOfUser',
    play: async (trial) => {
      const { tier, entries } = trial;
      const [ada, mo, id] = [trial.idOf('ada'), trial.idOf('mo'), trial.idOf('handed over')];
      const of = (n: number, userId: string) => entries.live(n, entries.inHours(1), { userId });
      await tier.put(id, of(2, mo), false);
      await tier.put(id, of(1, ada), false);
      await tier.touch(id, entries.touch(3), false);
      checkEqual((await tier.get(id))?.entry.userId, mo, 'the user is that of the newest data');
      checkIds((await tier.idsOfUser?.(mo)) ?? [], [id], FINDS_LIVE);
      checkIds((await tier.idsOfUser?.(ada)) ?? [], [], FINDS_LIVE);
      await tier.put(id, entries.live(4), false);
      checkIds((await tier.idsOfUser?.(mo)) ?? [], [], 'newer data that is nobody’s takes the session from its user');
    },
  },
  {
    name: 'takes users of any name, and keeps them apart',
    needs: 'idsOfUser',
    play: async (trial) => {
      const { tier, entries } = trial;
      const users = ODD_TEXTS.map((text, at) => ({ userId: trial.idOf(text), id: trial.idOf(`of-${at}`) }));
      for (const { userId, id } of users) await tier.put(id, entries.live(1, entries.inHours(1), { userId }), false);
      for (const { userId, id } of users) {
        checkIds((await tier.idsOfUser?.(userId)) ?? [], [id], FINDS_LIVE);
        const held = await tier.get(id);
        check(held?.entry.userId === userId, 'the user is kept as it was given', held);
      }
    },
  },
];
