import { randomBytes, randomInt } from 'node:crypto';
import { isRedisError } from '../../errors/redis.error.js';
import { checkDead, checkIds, checkLive, checkNothing } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { upTo } from './contract-entries.js';
import type { TierTrial } from './tier-trial.js';

/** Texts that mean something to a pattern, a path, a key, a query, an encoding or an object. @internal */
export const ODD_TEXTS: readonly string[] = [
  ['*', '?', '[a-z]', '%', '_', '{}', '{a}', '${a}', '$1', ':', '::', ';', ',', '.', '..', '/', '\\', '|', '&', '='],
  ['"', "'", '`', "'; DROP TABLE sessions; --", '<b>', '(', '^', '+', '#', '@', '~', '-', '--', '%2A', '%00', '+00'],
  [' ', '  ', '\t', '\n', '\r\n', '\0', 'a\0b', 'a\nb', '\u001b', '\u007f', '\u00a0', '\u200b', '\u202e', '\ufeff'],
  ['é', 'e\u0301', 'ß', 'SS', 'İ', 'i', 'I', 'ｱ', 'ア', '漢字', 'שלום', '😀', '👩‍👩‍👧', '\ud800', '\udc00', '\ufffd'],
  ['null', 'undefined', 'true', '0', '-1', 'NaN', '1e3', '__proto__', 'constructor', 'toString', 'hasOwnProperty'],
].flat();

const APART = 'an id is data: whatever characters it has, it is that of one session';
/** The longest that the store of this package lets through, in characters. */
const LONGEST = 1_024;

/** @internal */
export const ID_CASES: readonly ContractCase[] = [
  {
    name: 'takes ids of any characters, and keeps them apart',
    play: async (trial) => {
      const { tier, entries } = trial;
      const all = ODD_TEXTS.map((text, at) => ({ id: trial.idOf(text), entry: entries.live(at + 1) }));
      for (const { id, entry } of all) await tier.put(id, entry, true);
      for (const { id, entry } of all) checkLive(await tier.get(id), entry, APART);
    },
  },
  {
    name: 'drains ids of any characters and length as they are',
    play: async (trial) => {
      const long = trial.idOf('') + scriptText(LONGEST - 100);
      const ids = [long, ...ODD_TEXTS.map((text) => trial.idOf(text))];
      for (const id of ids) await trial.tier.put(id, trial.entries.live(1), true);
      checkIds(await trial.drained(trial.tier, 7), ids, 'drain() gives each id as it was put');
      await Promise.all(ids.map((id) => trial.tier.confirm(id, trial.entries.live(1))));
      checkIds(await trial.drained(), [], 'confirm() finds each id as it was put');
    },
  },
  {
    name: 'touches and destroys by an id of any characters that session alone',
    play: async (trial) => {
      const { tier, entries } = trial;
      const texts = ['*', 'a*', '{}', '%', '_', '\0', 'a\0b', 'a', '\n', '😀', '\ud800', ' ', ''];
      const ids = texts.map((text) => trial.idOf(text));
      for (const [at, id] of ids.entries()) {
        for (const [other, one] of ids.entries()) if (other >= at) await tier.put(one, entries.live(at + 1), false);
        await tier.touch(id, entries.touch(90), false);
        await tier.put(id, entries.dead(99), false);
        for (const [other, one] of ids.entries()) {
          const held = await tier.get(one);
          if (other <= at) checkDead(held, APART);
          else checkLive(held, entries.live(at + 1), APART);
        }
      }
    },
  },
  {
    name: 'takes ids of 1,024 characters, and tells them apart by the last',
    play: (trial) =>
      playLong(
        trial,
        randomBytes(LONGEST)
          .toString('hex')
          .slice(0, LONGEST - 100),
      ),
  },
  {
    name: 'takes ids of 1,024 characters of any script',
    play: (trial) => playLong(trial, scriptText(LONGEST - 100)),
  },
  {
    name: 'takes an id of 10,000 characters as any other, or refuses it by a RedisError',
    play: async (trial) => {
      try {
        await playLong(trial, randomBytes(5_000).toString('hex'));
      } catch (error) {
        if (!isRedisError(error)) throw error;
      }
      checkNothing(await trial.get(trial.idOf('')), 'an id that is refused leaves nothing under another');
    },
  },
  {
    name: 'lists ids of any characters as they are',
    needs: 'ids',
    play: async (trial) => {
      const ids = ODD_TEXTS.map((text) => trial.idOf(text));
      for (const id of ids) await trial.tier.put(id, trial.entries.live(1), false);
      checkIds(await trial.listed(7), ids, 'ids() gives each id as it was put');
    },
  },
];

async function playLong(trial: TierTrial, text: string): Promise<void> {
  const stem = trial.idOf('') + text;
  const [a, b] = [`${stem}a`, `${stem}b`];
  await trial.tier.put(a, trial.entries.live(1), false);
  checkNothing(await trial.get(b), APART);
  await trial.tier.put(b, trial.entries.live(2), false);
  checkLive(await trial.get(a), trial.entries.live(1), APART);
  checkLive(await trial.get(b), trial.entries.live(2), APART);
}

/** Of no pattern that could be packed. */
function scriptText(length: number): string {
  return upTo(length)
    .map(() => String.fromCharCode(0x4e00 + randomInt(0x5000)))
    .join('');
}
