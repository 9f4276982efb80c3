import type { RedisSettings } from '../../../lib/interfaces/redis-settings.interface.js';
import { NameWatch } from '../../../lib/connection/name-watch.js';
import { eventually } from '../../support/eventually.js';

type Resolve = (host: string, answered: () => void) => void;

function watchOf(host: string, resolve: Resolve): NameWatch {
  return new NameWatch({ endpoint: { host, port: 6379 }, connectTimeoutMs: 30 } as unknown as RedisSettings, resolve);
}

const late = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });

describe('NameWatch', () => {
  it('takes the blame for a timeout while the name is asked for, and for nothing else', async () => {
    let answer: (() => void) | undefined;
    const watch = watchOf('some.name', (_host, answered) => (answer = answered));
    expect(watch.reasonOf(late)).toBe(late);
    watch.begin();
    const reason = await eventually(() => watch.reason);
    expect(reason).toMatchObject({ code: 'EAI_AGAIN' });
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(watch.reasonOf(refused)).toBe(refused);
    answer?.();
    expect(watch.reason).toBeUndefined();
    expect(watch.reasonOf(late)).toBe(late);
  });

  it('asks for no address', async () => {
    const asked: string[] = [];
    const watch = watchOf('127.0.0.1', (host) => asked.push(host));
    watch.begin();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual([]);
    expect(watch.reason).toBeUndefined();
    watch.end();
  });
});
