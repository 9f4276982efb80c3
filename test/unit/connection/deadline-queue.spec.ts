import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, nat } from 'fast-check';
import { DeadlineQueue, type QueuedWait } from '../../../lib/utils/deadline-queue.js';
import { deferred, withDeadline, type Deferred } from '../../support/eventually.js';

class Wait implements QueuedWait {
  readonly startedAt = performance.now();
  before: QueuedWait | undefined = undefined;
  after: QueuedWait | undefined = undefined;
  readonly passed: Deferred<number> = deferred<number>();
  times = 0;

  onPassed(): void {
    this.times++;
    this.passed.resolve(performance.now() - this.startedAt);
  }
}

/** Keeps the process busy for so long that timers come late. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('DeadlineQueue', () => {
  it('passes each wait once, in order, and none early', async () => {
    const queue = new DeadlineQueue(30);
    const order: Wait[] = [];
    const waits = Array.from({ length: 5 }, () => {
      const wait = new Wait();
      void wait.passed.promise.then(() => order.push(wait));
      queue.add(wait);
      block(3);
      return wait;
    });
    const elapsed = await withDeadline(Promise.all(waits.map((wait) => wait.passed.promise)));
    expect(order).toEqual(waits);
    expect(Math.min(...elapsed)).toBeGreaterThanOrEqual(29);
    expect(waits.every((wait) => wait.times === 1)).toBe(true);
  });

  it('goes on after it was empty', async () => {
    const queue = new DeadlineQueue(10);
    for (let round = 0; round < 3; round++) {
      const wait = new Wait();
      queue.add(wait);
      await withDeadline(wait.passed.promise);
    }
  });

  it('does not pass what was answered while the process was busy', async () => {
    const queue = new DeadlineQueue(10);
    const wait = new Wait();
    queue.add(wait);
    const answered = new Promise<void>((resolve) => {
      // An answer that is already there when the process is free again, as input read after the timers ran.
      setTimeout(() => setImmediate(() => (queue.remove(wait), resolve())), 0);
    });
    block(200);
    await answered;
    const other = new Wait();
    queue.add(other);
    await withDeadline(other.passed.promise);
    expect(wait.times).toBe(0);
  });

  it('passes exactly those that were not removed, whatever the order of removal', async () => {
    await assert(
      asyncProperty(array(nat(9), { maxLength: 12 }), async (removals) => {
        const queue = new DeadlineQueue(1);
        const waits = Array.from({ length: 10 }, () => new Wait());
        for (const wait of waits) queue.add(wait);
        for (const index of removals) queue.remove(waits[index] as Wait);
        const left = waits.filter((_wait, index) => !removals.includes(index));
        await withDeadline(Promise.all(left.map((wait) => wait.passed.promise)));
        expect(waits.map((wait) => wait.times)).toEqual(waits.map((wait) => (left.includes(wait) ? 1 : 0)));
      }),
      { numRuns: 50 },
    );
  });
});
