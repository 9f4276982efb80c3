import type { RedisSettings } from '../../../lib/interfaces/redis-settings.interface.js';
import { NameWatch } from '../../../lib/connection/name-watch.js';
import { eventually } from '../../support/eventually.js';

function watchOf(host: string): NameWatch {
  return new NameWatch({ endpoint: { host, port: 6379 }, connectTimeoutMs: 30 } as unknown as RedisSettings);
}

const late = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });

describe('NameWatch', () => {
  it('takes the blame for a timeout while the name is asked for, and for nothing else', async () => {
    const watch = watchOf('localhost');
    expect(watch.reasonOf(late)).toBe(late);
    watch.begin();
    const reason = await eventually(() => watch.reason, { intervalMs: 0 });
    expect(reason).toMatchObject({ code: 'EAI_AGAIN' });
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(watch.reasonOf(refused)).toBe(refused);
    await eventually(() => watch.reason === undefined);
    expect(watch.reasonOf(late)).toBe(late);
  });

  it('asks for no address', async () => {
    const watch = watchOf('127.0.0.1');
    watch.begin();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watch.reason).toBeUndefined();
    watch.end();
  });
});
