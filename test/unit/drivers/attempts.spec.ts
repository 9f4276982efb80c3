import { Attempts } from '../../../lib/drivers/cluster/attempts.js';
import { createDeferred } from '../../../lib/utils/deferred.js';

describe('the attempts of a client', () => {
  it('are told when they were given up, and are over then', async () => {
    const attempts = new Attempts();
    const step = createDeferred<void>();
    const opened = attempts.begin(async (assertCurrent) => {
      assertCurrent();
      await step.promise;
      assertCurrent();
    });
    attempts.giveUp();
    step.resolve();
    await expect(opened).rejects.toThrow('Connection is closed.');
    await attempts.ended();
  });

  it('give way to a later one', async () => {
    const attempts = new Attempts();
    const step = createDeferred<void>();
    const open = async (assertCurrent: () => void): Promise<void> => {
      await step.promise;
      assertCurrent();
    };
    const [first, second] = [attempts.begin(open), attempts.begin(open)];
    step.resolve();
    await expect(first).rejects.toThrow('Connection is closed.');
    await expect(second).resolves.toBeUndefined();
  });
});
