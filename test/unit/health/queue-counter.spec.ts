import { RedisError } from '../../../lib/errors/redis.error.js';
import type { RedisHealthQueue } from '../../../lib/health/index.js';
import { QueueCounter } from '../../../lib/health/queue-counter.js';
import { deferred } from '../../support/eventually.js';

const SOON = 20;
const LATER = 5_000;

const queue = (name: string, getJobCounts: () => unknown): RedisHealthQueue =>
  ({ name, getJobCounts }) as unknown as RedisHealthQueue;
const counts = async (): Promise<object> => ({ waiting: 3, paused: 2, prioritized: 1 });

describe('QueueCounter', () => {
  it('adds up what waits', async () => {
    expect(await new QueueCounter().count([queue('mail', counts)], LATER)).toEqual([{ name: 'mail', backlog: 6 }]);
  });

  it.each<[string, () => unknown]>([
    ['command-timeout', () => new Promise(() => undefined)],
    ['unavailable', async () => Promise.reject(new RedisError({ kind: 'unavailable', message: 'job-7 of ada' }))],
    ['refused', async () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))],
    ['reply', async () => Promise.reject(new Error('Missing key for job job-7 of ada'))],
    ['reply', () => fail('at once')],
    ['reply', async () => undefined],
    ['reply', async () => ({ waiting: 'many' })],
  ])('tells the kind alone of a queue that fails (%s), and counts the others', async (error, ask) => {
    const answers = await new QueueCounter().count([queue('bad', ask), queue('good', counts)], SOON);
    expect(answers).toEqual([
      { name: 'bad', error },
      { name: 'good', backlog: 6 },
    ]);
  });

  it('asks a queue that has not answered no further question', async () => {
    const first = deferred<object>();
    let asked = 0;
    const slow = queue('slow', () => ((asked += 1), first.promise));
    const counter = new QueueCounter();
    for (let n = 0; n < 3; n += 1) {
      expect(await counter.count([slow], SOON)).toEqual([{ name: 'slow', error: 'command-timeout' }]);
    }
    expect(asked).toBe(1);
    first.resolve({ waiting: 4 });
    expect(await counter.count([slow], LATER)).toEqual([{ name: 'slow', backlog: 4 }]);
    await counter.count([slow], LATER);
    expect(asked).toBe(2);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
