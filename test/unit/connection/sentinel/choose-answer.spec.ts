import * as fc from 'fast-check';
import { chooseAnswer, type SentinelAnswer } from '../../../../lib/connection/sentinel/choose-answer.js';

const answer = (port: number, epoch: number): SentinelAnswer => ({ master: { host: '10.0.0.1', port }, epoch });

describe('chooseAnswer', () => {
  it('believes the latest fail-over, whatever most of them say, and whoever was first', () => {
    expect(chooseAnswer([answer(1, 4), answer(1, 4), answer(2, 5)])).toEqual(answer(2, 5));
    expect(chooseAnswer([answer(2, 5), answer(1, 4)])).toEqual(answer(2, 5));
  });

  it('takes an epoch over none', () => {
    expect(chooseAnswer([answer(1, -1), answer(1, -1), answer(2, 0)])).toEqual(answer(2, 0));
  });

  it('goes with most of those of one epoch, and with the first of as many', () => {
    expect(chooseAnswer([answer(1, 5), answer(2, 5), answer(2, 5), answer(1, 4), answer(1, 4)])).toEqual(answer(2, 5));
    expect(chooseAnswer([answer(1, 5), answer(2, 5)])).toEqual(answer(1, 5));
  });

  it('tells hosts apart by name and port', () => {
    const other = { master: { host: '10.0.0.2', port: 1 }, epoch: 5 };
    expect(chooseAnswer([answer(1, 5), other, other])).toBe(other);
  });

  it('has nothing to choose from nothing', () => {
    expect(chooseAnswer([])).toBeUndefined();
  });

  it('chooses one that was given, of the highest epoch', () => {
    const given = fc.array(
      fc.record({ port: fc.integer({ min: 1, max: 4 }), epoch: fc.integer({ min: -1, max: 3 }) }),
      {
        minLength: 1,
        maxLength: 7,
      },
    );
    fc.assert(
      fc.property(given, (list) => {
        const answers = list.map(({ port, epoch }) => answer(port, epoch));
        const chosen = chooseAnswer(answers);
        expect(answers).toContain(chosen);
        expect(chosen?.epoch).toBe(Math.max(...answers.map(({ epoch }) => epoch)));
      }),
    );
  });
});
