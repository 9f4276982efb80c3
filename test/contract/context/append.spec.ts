import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';

const user = (content: string, id?: string): ContextMessage => ({
  role: 'user',
  content,
  ...(id !== undefined && { id }),
});

describeEachDriver('ContextCache.append', (driver) => {
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

  it('stores a turn in order and says what it did', async () => {
    expect(await app.cache.append('c', [user('1'), user('2'), user('3')])).toEqual({
      sequence: 3,
      stored: 3,
      duplicates: 0,
      trimmed: 0,
      length: 3,
      cold: false,
    });
    expect(await app.cache.append('c', user('4'))).toMatchObject({ sequence: 4, stored: 1, length: 4 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3', '4']);
    expect(contents(await app.cache.recent('c', 2))).toEqual(['3', '4']);
  });

  it('gives back every kind of message as it was', async () => {
    const turn: ContextMessage[] = [
      { role: 'system', content: 'Be kind.', name: 'house' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ünïcode 😀 \uD800' },
          { type: 'image', url: 'data:,' },
        ],
        id: 'u',
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 't', name: 'look', arguments: '{"broken' }] },
      { role: 'tool', content: '1:2:{}', toolCallId: 't', createdAt: '2024-01-02T03:04:05.678Z' },
      { role: 'assistant', content: '\u0000\n"', metadata: { model: 'm', usage: { tokens: 3 }, none: null } },
    ];
    await app.cache.append('c', turn);
    expect(await app.cache.recent('c')).toEqual(turn);
  });

  it('keeps the cap exactly, and of a turn beyond it the newest', async () => {
    const turn = Array.from({ length: 14 }, (_, index) => user(`${index}`));
    expect(await app.cache.append('c', turn)).toMatchObject({ sequence: 14, stored: 14, trimmed: 4, length: 10 });
    expect(await app.cache.append('c', user('14'))).toMatchObject({ sequence: 15, trimmed: 1, length: 10 });
    expect(await server.command('LLEN', keysOf('c').list)).toBe(10);
    expect(contents(await app.cache.recent('c', 99))).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 5}`));
  });

  it('takes a message of 1 MB', async () => {
    const long = 'x'.repeat(1_000_000);
    await app.cache.append('c', user(long));
    expect(await app.cache.recent('c')).toEqual([user(long)]);
  });

  it('leaves no key without a TTL, and begins it anew with every append', async () => {
    await app.cache.append('c', user('1'));
    const { list, hash } = keysOf('c');
    await server.command('PEXPIRE', list, 5_000);
    await server.command('PERSIST', hash);
    await app.cache.append('c', user('2'));
    for (const key of [list, hash]) {
      const ttl = Number(await server.command('PTTL', key));
      expect(ttl).toBeGreaterThan(55_000);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  it('expires as a whole', async () => {
    const brief = await ContextApp.start(driver, server, { ttlMs: 40 });
    await brief.cache.append('c', user('1'));
    await eventually(async () => (await server.command('DBSIZE')) === 0);
    expect(await brief.cache.read('c')).toMatchObject({ messages: [], hit: false, reason: 'cold' });
    await brief.stop();
  });

  it('does not mix the turns of 64 writers at once', async () => {
    const wide = await ContextApp.start(driver, server, { maxMessages: 1_000 }, { commandTimeoutMs: 5_000 });
    const turnOf = (writer: number) => ['a', 'b', 'c'].map((part) => user(`${writer}${part}`));
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, writer) => wide.cache.append('c', turnOf(writer))),
    );
    const history = contents(await wide.cache.recent('c')).join(' ');
    for (let writer = 0; writer < 64; writer += 1) expect(history).toContain(`${writer}a ${writer}b ${writer}c`);
    expect(history.split(' ')).toHaveLength(192);
    expect(results.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 64 }, (_, writer) => (writer + 1) * 3),
    );
    await wide.stop();
  });

  it('shows the cap exactly at every moment while many write', async () => {
    const seen: number[] = [];
    const writers = Array.from({ length: 32 }, (_, writer) =>
      app.cache.append('c', [user(`${writer}a`), user(`${writer}b`)]).then(({ length }) => seen.push(length)),
    );
    const readers = Array.from({ length: 32 }, async () => seen.push((await app.cache.recent('c', 99)).length));
    await Promise.all([...writers, ...readers]);
    expect(Math.max(...seen)).toBe(10);
    expect(await server.command('LLEN', keysOf('c').list)).toBe(10);
  });

  describe('repeated', () => {
    it('stores a message once by its id, also when the cap has pushed it out', async () => {
      const small = await ContextApp.start(driver, server, { maxMessages: 1 });
      const turn = [user('1', 'a'), user('2', 'b'), user('3', 'c')];
      expect(await small.cache.append('c', turn)).toMatchObject({ sequence: 3, stored: 3, trimmed: 2, length: 1 });
      expect(await small.cache.append('c', turn)).toMatchObject({
        sequence: 3,
        stored: 0,
        duplicates: 3,
        trimmed: 0,
        length: 1,
      });
      expect(await small.cache.append('c', [...turn, user('4', 'd')])).toMatchObject({
        stored: 1,
        duplicates: 3,
        trimmed: 1,
      });
      expect(contents(await small.cache.recent('c'))).toEqual(['4']);
      await small.stop();
    });

    it('stores a whole turn once by its name', async () => {
      const turn = [user('same'), user('same')];
      await app.cache.append('c', turn, { turnId: 't1' });
      expect(await app.cache.append('c', turn, { turnId: 't1' })).toMatchObject({ stored: 0, duplicates: 2 });
      expect(await app.cache.append('c', turn, { turnId: 't2' })).toMatchObject({ stored: 2, length: 4 });
    });

    it('stores messages without an id as often as they come', async () => {
      await app.cache.append('c', user('same'));
      await app.cache.append('c', user('same'));
      expect(contents(await app.cache.recent('c'))).toEqual(['same', 'same']);
    });

    it('remembers the newest ids only, and the whole of the last turn however long', async () => {
      const few = await ContextApp.start(driver, server, { idWindow: 2 });
      const turn = ['a', 'b', 'c', 'd'].map((id) => user(id, id));
      await few.cache.append('c', turn);
      expect(await few.cache.append('c', turn)).toMatchObject({ stored: 0, duplicates: 4 });
      await few.cache.append('c', user('e', 'e'));
      expect(await few.cache.append('c', user('d', 'd'))).toMatchObject({ stored: 0 });
      expect(await few.cache.append('c', user('a', 'a'))).toMatchObject({ stored: 1 });
      expect(String(await server.command('HGET', keysOf('c').hash, 'i'))).toHaveLength(2 * 13);
      await few.stop();
    });

    it('stores the messages again when the list was evicted without the hash', async () => {
      const turn = [user('1', 'a'), user('2', 'b')];
      await app.cache.append('c', turn);
      await server.command('DEL', keysOf('c').list);
      expect(await app.cache.append('c', turn)).toMatchObject({ sequence: 4, stored: 2, length: 2 });
    });
  });

  it('goes on counting when the hash was evicted without the list', async () => {
    await app.cache.append('c', [user('1'), user('2')]);
    await server.command('DEL', keysOf('c').hash);
    expect(await app.cache.append('c', user('3'))).toMatchObject({ sequence: 3, length: 3 });
  });

  it('refuses what is no turn by the name of the field, and stores none of it', async () => {
    const bad = [user('fine'), { role: 'wizard', content: 'x' }] as unknown as ContextMessage[];
    await expect(app.cache.append('c', bad)).rejects.toMatchObject({
      redisErrorKind: 'serialization',
      operation: 'context.append',
      message: expect.stringContaining('messages[1].role'),
    });
    await expect(app.cache.append('c', [])).rejects.toMatchObject({ redisErrorKind: 'serialization' });
    await expect(app.cache.append('', user('1'))).rejects.toMatchObject({ redisErrorKind: 'configuration' });
    await expect(app.cache.append('c', user('1'), { turnId: '' })).rejects.toThrow('turnId must not be empty');
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it.each(['list', 'hash'] as const)('touches nothing when the %s is a key of another type', async (which) => {
    const key = keysOf('c')[which];
    await server.command('SET', key, 'precious');
    const wrongType = { redisErrorKind: 'wrong-type', outcome: 'rejected' };
    await expect(app.cache.append('c', user('1'))).rejects.toMatchObject({ ...wrongType, operation: 'context.append' });
    await expect(app.cache.recent('c')).rejects.toMatchObject({ ...wrongType, operation: 'context.read' });
    await expect(app.cache.clear('c')).rejects.toMatchObject({ ...wrongType, operation: 'context.clear' });
    expect(await server.command('GET', key)).toBe('precious');
    expect(await server.command('DBSIZE')).toBe(1);
  });

  it('stores nothing of a turn that a full server refuses, and reads on', async () => {
    await app.cache.append('c', user('1'));
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(app.cache.append('c', [user('2'), user('3')])).rejects.toMatchObject({
        redisErrorKind: 'out-of-memory',
      });
      expect(contents(await app.cache.recent('c'))).toEqual(['1']);
    } finally {
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
    }
    expect(await app.cache.append('c', user('4'))).toMatchObject({ sequence: 2, length: 2 });
  });
});
