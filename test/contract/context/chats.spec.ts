import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp } from './context-app.js';

const hi: ContextMessage = { role: 'user', content: 'hi' };
const HOSTILE = ['*', '{x}', 'a:b', 'a%2Ab', 'ключ', '\u0000\n', 'x'.repeat(512), '😀'];

describeEachDriver('ContextCache.chats', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { ttlMs: 60_000 });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  const idsOf = async (chats: Promise<readonly { readonly chatId: string }[]>): Promise<string[]> =>
    (await chats).map(({ chatId }) => chatId);

  it('lists those of a user, last used first', async () => {
    for (const chat of ['a', 'b', 'c']) {
      await app.cache.append(chat, hi, { userId: 'ada' });
      await tick();
    }
    await app.cache.append('d', hi, { userId: 'bob' });
    await app.cache.touch('a');
    expect(await idsOf(app.cache.chats('ada'))).toEqual(['a', 'c', 'b']);
    expect(await idsOf(app.cache.chats('bob'))).toEqual(['d']);
    expect(await app.cache.chats('nobody')).toEqual([]);
  });

  it('goes on where the last page ended', async () => {
    for (const chat of ['a', 'b', 'c']) {
      await app.cache.append(chat, hi, { userId: 'ada' });
      await tick();
    }
    const [first, second] = await app.cache.chats('ada', { limit: 2 });
    expect([first?.chatId, second?.chatId]).toEqual(['c', 'b']);
    expect(await idsOf(app.cache.chats('ada', { before: second?.lastUsedAt ?? 0 }))).toEqual(['a']);
  });

  it('lists those of a tenant, and no two tenants the same', async () => {
    const [one, two] = [app.cache.forTenant('one'), app.cache.forTenant('two')];
    await one.append('a', hi);
    await two.append('b', hi, { userId: 'ada' });
    expect(await idsOf(one.chats())).toEqual(['a']);
    expect(await idsOf(two.chats())).toEqual(['b']);
    expect(await idsOf(two.chats('ada'))).toEqual(['b']);
    expect(await one.chats('ada')).toEqual([]);
    expect(await app.cache.chats('ada')).toEqual([]);
  });

  it('takes a deleted chat from every list', async () => {
    const tenant = app.cache.forTenant('one');
    await tenant.append('a', hi, { userId: 'ada' });
    expect(await tenant.delete('a')).toBe(true);
    expect(await tenant.chats()).toEqual([]);
    expect(await tenant.chats('ada')).toEqual([]);
    expect(await server.command('DBSIZE')).toBe(0);
    expect(await tenant.delete('a')).toBe(false);
  });

  it('takes any id as data', async () => {
    for (const id of HOSTILE) await app.cache.append(id, hi, { userId: id });
    for (const id of HOSTILE) expect(await idsOf(app.cache.chats(id))).toEqual([id]);
  });

  it('is a key with a TTL', async () => {
    await app.cache.append('a', hi, { userId: 'ada' });
    for (const key of (await server.command('KEYS', '*')) as string[]) {
      expect(await server.command('PTTL', key)).toBeGreaterThan(50_000);
    }
  });

  it('refuses to list nobody’s', async () => {
    await expect(app.cache.chats()).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('give a userId, or ask forTenant(id)'),
    });
  });
});

/** The server's clock counts milliseconds. */
function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3));
}
