import { check, checkLive } from './contract-assertions.js';
import type { ContractCase } from './contract-case.js';
import { ODD_TEXTS } from './id.cases.js';
import type { TierTrial } from './tier-trial.js';

const AS_IT_IS = 'the data is kept as it is, to the last character';

/** @internal */
export const PAYLOAD_CASES: readonly ContractCase[] = [
  {
    name: 'keeps the data as it is, whatever is written in it',
    play: async (trial) => {
      const texts = ['{}', '{"a":1}', '[]', '""', ...ODD_TEXTS.map((text) => JSON.stringify({ text, [text]: [text] }))];
      for (const [at, data] of texts.entries()) await playData(trial, `text-${at}`, data);
    },
  },
  {
    name: 'keeps text that only looks like something',
    play: async (trial) => {
      // what a serializer of the application's own may give
      const texts = [
        ' {"a" : 1}\n',
        '{"a":1,"a":2}',
        '{"n":1.0}',
        'not JSON',
        '\\x00',
        '$1',
        '{"b":1,"a":2}',
        '\u2028',
        '1',
      ];
      for (const [at, data] of texts.entries()) await playData(trial, `raw-${at}`, data);
    },
  },
  {
    name: 'keeps a session of the largest size, through a touch, a drain and a confirmation',
    play: async (trial) => {
      const { tier, entries, settings } = trial;
      const id = trial.idOf('large');
      const entry = entries.live(1, entries.inHours(1), { data: largeText(settings.payloadBytes) });
      checkLive(await tier.put(id, entry, true), entry, AS_IT_IS);
      checkLive(await tier.get(id), entry, AS_IT_IS);
      const touched = await tier.touch(id, entries.touch(2), true);
      check(touched?.entry.data === entry.data, AS_IT_IS, touched);
      for await (const batch of tier.drain(10)) {
        for (const one of batch.filter((dirty) => dirty.id === id)) {
          check(one.entry.data === entry.data, AS_IT_IS, one);
          await tier.confirm(id, one.entry);
        }
      }
      const held = await tier.get(id);
      check(held?.entry.data === entry.data, AS_IT_IS, held);
      check(held?.dirty === false, 'confirm() clears the mark of a large session too', held);
    },
  },
  {
    name: 'keeps a large session when an older one comes, and takes a small one in its place',
    play: async (trial) => {
      const { entries, settings } = trial;
      const id = trial.idOf('shrinks');
      const data = largeText(Math.ceil(settings.payloadBytes / 4));
      await trial.putAll(id, [entries.live(2, entries.inHours(1), { data }), entries.live(1)]);
      check((await trial.get(id))?.entry.data === data, AS_IT_IS, await trial.get(id));
      checkLive(await trial.tier.put(id, entries.live(3), false), entries.live(3), AS_IT_IS);
      checkLive(await trial.get(id), entries.live(3), AS_IT_IS);
    },
  },
];

async function playData(trial: TierTrial, name: string, data: string): Promise<void> {
  const id = trial.idOf(name);
  const entry = trial.entries.live(1, trial.entries.inHours(1), { data });
  checkLive(await trial.tier.put(id, entry, false), entry, AS_IT_IS);
  checkLive(await trial.get(id), entry, AS_IT_IS);
}

/** JSON of so many bytes, of characters that take from one byte to four. */
function largeText(bytes: number): string {
  const piece = 'aé漢😀"'; // 11 bytes, and 12 as JSON
  const frame = JSON.stringify({ text: '' }).length;
  const text = piece.repeat(Math.max(0, Math.floor((bytes - frame) / 12)));
  return JSON.stringify({ text });
}
