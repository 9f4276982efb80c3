import { firstAnswers } from '../../../../lib/connection/sentinel/first-answers.js';
import { deferred } from '../../../support/eventually.js';

describe('firstAnswers', () => {
  it('waits for all of them, and tells which failed', async () => {
    const failed = new Error('down');
    const { given, reasons } = await firstAnswers([Promise.reject(failed), Promise.resolve('a')], 60_000);
    expect(given).toEqual(['a']);
    expect([...reasons]).toEqual([[0, failed]]);
  });

  it('waits for an answer, however many fail before it', async () => {
    const late = deferred<string>();
    const answers = firstAnswers([Promise.reject(new Error('down')), late.promise], 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    late.resolve('late');
    expect((await answers).given).toEqual(['late']);
  });

  it('waits no longer for the others than they are given', async () => {
    const silent = deferred<string>();
    const { given, reasons } = await firstAnswers([silent.promise, Promise.resolve('a')], 1);
    expect(given).toEqual(['a']);
    expect(reasons.size).toBe(0);
    silent.reject(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(reasons.size).toBe(0);
  });

  it('gives reasons alone when all fail', async () => {
    const { given, reasons } = await firstAnswers([Promise.reject(new Error('a')), Promise.reject(new Error('b'))], 1);
    expect(given).toEqual([]);
    expect(reasons.size).toBe(2);
  });
});
