import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';

const user = (content: string): ContextMessage => ({ role: 'user', content });
const call = (...ids: string[]): ContextMessage => ({
  role: 'assistant',
  content: 'call',
  toolCalls: ids.map((id) => ({ id, name: 'look', arguments: {} })),
});
const result = (toolCallId: string): ContextMessage => ({ role: 'tool', content: 'result', toolCallId });
const users = (from: number, to: number): ContextMessage[] =>
  Array.from({ length: to - from + 1 }, (_, index) => user(`${from + index}`));

describeEachDriver('ContextCache', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { maxMessages: 10, ttlMs: 60_000 });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  describe('page', () => {
    it('goes back by sequence to the end of what is held', async () => {
      await app.cache.append('c', users(1, 12));
      const first = await app.cache.page('c', { limit: 4 });
      expect(first.entries.map(({ sequence, message }) => [sequence, message.content])).toEqual([
        [9, '9'],
        [10, '10'],
        [11, '11'],
        [12, '12'],
      ]);
      expect(first).toMatchObject({ before: 9, cut: true });
      await app.cache.append('c', user('13'));
      const second = await app.cache.page('c', { limit: 4, before: first.before ?? 0 });
      expect(contents(second.entries.map(({ message }) => message))).toEqual(['5', '6', '7', '8']);
      const third = await app.cache.page('c', { limit: 4, before: second.before ?? 0 });
      expect(contents(third.entries.map(({ message }) => message))).toEqual(['4']);
      expect(third.before).toBeUndefined();
    });

    it('says of a chat that is whole that nothing is cut, and of no chat that it is empty', async () => {
      await app.cache.append('c', users(1, 2));
      expect(await app.cache.page('c')).toMatchObject({ entries: { length: 2 }, cut: false });
      expect(await app.cache.page('none')).toEqual({ entries: [], cut: false });
    });

    it('passes over what cannot be read, and finds its place among what a stranger pushed', async () => {
      await app.cache.append('c', users(1, 8));
      const { list } = keysOf('c');
      await server.command('LSET', list, 3, 'broken');
      await server.command('LPUSH', list, 'stranger', 'stranger');
      const seen: unknown[] = [];
      let before: number | undefined = 0;
      while (before !== undefined) {
        const page = await app.cache.page('c', { limit: 2, before });
        expect(page.entries.length).toBeGreaterThan(0);
        seen.unshift(...page.entries.map(({ sequence }) => sequence));
        before = page.before;
      }
      expect(seen).toEqual([1, 2, 3, 4, 6, 7, 8]);
    });

    it('loads a cold chat first', async () => {
      const loaded = await ContextApp.start(driver, server, { loader: () => users(1, 3) });
      expect((await loaded.cache.page('c')).entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      await loaded.stop();
    });
  });

  describe('compact', () => {
    it('puts a summary in the place of what it saw, behind what came meanwhile', async () => {
      await app.cache.append('c', users(1, 6));
      const done = await app.cache.compact('c', async (messages) => {
        expect(contents(messages)).toEqual(['1', '2', '3', '4', '5', '6']);
        await app.cache.append('c', user('7'));
        return user('summary');
      });
      expect(done).toEqual({ replaced: 6, length: 2, conflict: false });
      expect(contents(await app.cache.recent('c'))).toEqual(['summary', '7']);
      expect((await app.cache.page('c')).entries.map(({ sequence }) => sequence)).toEqual([6, 7]);
      expect(await app.cache.append('c', user('8'))).toMatchObject({ sequence: 8, length: 3 });
    });

    it('keeps the newest, and calls with their results', async () => {
      await app.cache.append('c', [user('1'), call('a', 'b'), result('a'), result('b'), user('2')]);
      expect(await app.cache.compact('c', () => user('s'), { keep: 2 })).toMatchObject({ replaced: 1, length: 5 });
      expect(contents(await app.cache.recent('c'))).toEqual(['s', 'call', 'result', 'result', '2']);
    });

    it('leaves a call that waits for its results', async () => {
      await app.cache.append('c', [user('1'), call('a', 'b'), result('a')]);
      expect(await app.cache.compact('c', () => user('s'))).toMatchObject({ replaced: 1 });
      await app.cache.append('c', result('b'));
      expect(contents(await app.cache.recent('c'))).toEqual(['s', 'call', 'result', 'result']);
    });

    it('replaces what was trimmed meanwhile no second time', async () => {
      await app.cache.append('c', users(1, 10));
      const done = await app.cache.compact('c', async () => {
        await app.cache.append('c', users(11, 16));
        return [user('s1'), user('s2')];
      });
      expect(done).toMatchObject({ replaced: 4, length: 8 });
      expect(contents(await app.cache.recent('c'))).toEqual(['s1', 's2', '11', '12', '13', '14', '15', '16']);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['deleted', () => app.cache.delete('c')],
      ['cleared', () => app.cache.clear('c')],
      ['expired, and begun anew', () => server.command('FLUSHALL').then(() => app.cache.append('c', users(1, 6)))],
      ['compacted', () => app.cache.compact('c', () => user('first'))],
      ['pushed out', () => app.cache.append('c', users(7, 20))],
    ])('leaves a chat alone that was %s meanwhile', async (_what, meanwhile) => {
      await app.cache.append('c', users(1, 6));
      let after: ContextMessage[] = [];
      const done = await app.cache.compact('c', async () => {
        await meanwhile();
        after = await app.cache.recent('c');
        return user('late');
      });
      expect(done).toMatchObject({ replaced: 0, conflict: true });
      expect(await app.cache.recent('c')).toEqual(after);
    });

    it('does nothing where the summary fails, is none, or is longer than what it stands for', async () => {
      await app.cache.append('c', users(1, 2));
      const failed = new Error('the model is down');
      await expect(app.cache.compact('c', () => Promise.reject(failed))).rejects.toBe(failed);
      expect(await app.cache.compact('c', () => [])).toEqual({ replaced: 0, length: 2, conflict: false });
      await expect(app.cache.compact('c', () => users(1, 3))).rejects.toMatchObject({
        redisErrorKind: 'serialization',
      });
      await expect(app.cache.compact('c', () => 'text' as unknown as ContextMessage)).rejects.toMatchObject({
        redisErrorKind: 'serialization',
        message: expect.stringContaining('summary[0] must be a message'),
      });
      expect(contents(await app.cache.recent('c'))).toEqual(['1', '2']);
      expect(await app.cache.compact('none', () => user('s'))).toEqual({ replaced: 0, length: 0, conflict: false });
    });

    it('is not undone by the loader', async () => {
      const loaded = await ContextApp.start(driver, server, { maxMessages: 4, loader: () => users(1, 9) });
      expect(await loaded.cache.compact('c', () => user('s'), { keep: 1 })).toMatchObject({ replaced: 3 });
      expect(await loaded.cache.read('c')).toMatchObject({ source: 'redis', messages: [user('s'), user('9')] });
      await loaded.stop();
    });

    it('keeps a TTL on both keys', async () => {
      await app.cache.append('c', users(1, 3));
      await app.cache.compact('c', () => user('s'));
      for (const key of Object.values(keysOf('c'))) expect(await server.command('PTTL', key)).toBeGreaterThan(0);
    });
  });

  describe('touch', () => {
    it('lengthens the life of both keys, and makes none', async () => {
      await app.cache.append('c', user('1'));
      for (const key of Object.values(keysOf('c'))) await server.command('PEXPIRE', key, 5_000);
      expect(await app.cache.touch('c')).toBe(true);
      for (const key of Object.values(keysOf('c'))) expect(await server.command('PTTL', key)).toBeGreaterThan(50_000);
      expect(await app.cache.touch('none')).toBe(false);
      expect(await server.command('EXISTS', ...Object.values(keysOf('none')))).toBe(0);
    });
  });
});
