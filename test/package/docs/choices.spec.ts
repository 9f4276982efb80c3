import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRedisError } from '../../../lib/errors/redis.error.js';
import { RedisClientFactory } from '../../../lib/redis-client.factory.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';
import { Prices } from './examples/prices.js';

const page = readPage('docs/CHOICES.md');

describe('docs/CHOICES.md', () => {
  it('has the example that is compiled and run here', () => {
    const [block, ...others] = page.blocks.filter(({ language }) => language === 'ts');
    expect(block?.code).toBe(readFileSync(join(ROOT, 'test/package/docs/examples/prices.ts'), 'utf8'));
    expect(others).toEqual([]);
  });

  it('reads a new price after it was written, and says where the old one may still be known', async () => {
    const server = await RedisTestServer.start();
    const redis = await RedisClientFactory.create({ url: server.url });
    const table = new Map([['7', 10]]);
    const prices = new Prices(redis, {
      read: (product) => Promise.resolve(table.get(product) ?? 0),
      write: (product, price) => Promise.resolve(void table.set(product, price)),
    });
    expect(await prices.read('7')).toBe(10);
    await prices.write('7', 11);
    expect(await prices.read('7')).toBe(11);
    await server.stop();
    expect(isRedisError(await prices.write('7', 12).catch((error: unknown) => error))).toBe(true);
    expect(await prices.read('7')).toBe(12);
    await redis.close();
  });

  it('names metrics that are kept', () => {
    const kept = tableOf(readPage('docs/METRICS.md'), 'metric').rows.flatMap(([name = '']) => codeSpans(name));
    const named = tableOf(page, 'metric').rows.flatMap(([names = '']) => codeSpans(names));
    expect(named.filter((name) => /^(redis|llm)_/.test(name) && !kept.includes(name))).toEqual([]);
  });
});
