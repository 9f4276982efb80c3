import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RedisTraceEvent } from '../../../lib/index.js';
import { Traced } from '../../../lib/utils/traced.decorator.js';

const CHANNEL = 'nestjs-redis-hub:trace';

@Traced('cache', { add: 'sum', refuse: 'refuse', all: 'all' })
class Feature {
  readonly connection = { name: 'default', endpoint: 'localhost:6379' };
  private base = 10;
  calls = 0;

  async add(a: number, b: number): Promise<number> {
    this.calls += 1;
    return this.base + a + b;
  }

  refuse(): Promise<never> {
    throw new Error('refused');
  }

  async all(): Promise<number> {
    return this.add(1, 1);
  }
}

type Wrap = Parameters<RedisTraceEvent['around']>[0];

describe('a call that listeners may put something around', () => {
  const listeners: ((event: unknown) => void)[] = [];
  const listen = (listener: (event: RedisTraceEvent) => void): void => {
    const one = (event: unknown): void => listener(event as RedisTraceEvent);
    listeners.push(one);
    subscribe(CHANNEL, one);
  };
  afterEach(() => {
    for (const listener of listeners.splice(0)) unsubscribe(CHANNEL, listener);
  });

  it('is the method as it was while nobody listens', async () => {
    const feature = new Feature();
    expect(await feature.add(1, 2)).toBe(13);
    expect(() => feature.refuse()).toThrow('refused');
  });

  it('is told of before it is made, with what is bounded', async () => {
    const told: object[] = [];
    const feature = new Feature();
    listen((event) => told.push({ ...event, calls: feature.calls }));
    expect(await feature.add(1, 2)).toBe(13);
    const said = { connection: 'default', endpoint: 'localhost:6379', feature: 'cache', operation: 'sum' };
    expect(told).toEqual([{ ...said, around: expect.any(Function), calls: 0 }]);
  });

  it('is made once, within what each of them puts around it', async () => {
    const order: string[] = [];
    const around =
      (name: string): Wrap =>
      async (call) => {
        order.push(`${name} begins`);
        const result = await call();
        order.push(`${name} ends`);
        return result;
      };
    listen((event) => event.around(around('one')));
    listen((event) => event.around(around('other')));
    const feature = new Feature();
    expect(await feature.add(1, 2)).toBe(13);
    expect(feature.calls).toBe(1);
    expect(order).toEqual(['other begins', 'one begins', 'one ends', 'other ends']);
  });

  it('rejects where it throws, so that they need to know of one way to fail', async () => {
    const failures: unknown[] = [];
    const note: Wrap = async (call) => call().finally(() => failures.push('failed'));
    listen((event) => event.around(note));
    await expect(new Feature().refuse()).rejects.toThrow('refused');
    expect(failures).toEqual(['failed']);
  });

  it('is told of for each method that calls another', async () => {
    const told: string[] = [];
    listen(({ operation }) => told.push(operation));
    await new Feature().all();
    expect(told).toEqual(['all', 'sum']);
  });
});
