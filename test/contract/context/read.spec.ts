import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ContextMessage, ContextReadEvent } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';

const user = (content: string): ContextMessage => ({ role: 'user', content });

describeEachDriver('ContextCache.read', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { maxMessages: 10 });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('reports a hit, and a chat that Redis does not hold as cold', async () => {
    await app.cache.append('c', [user('1'), user('2')]);
    expect(await app.cache.read('c', 1)).toEqual({
      messages: [user('2')],
      tokens: 5,
      source: 'redis',
      hit: true,
      corrupt: 0,
    });
    expect(await app.cache.read('other')).toEqual({
      messages: [],
      tokens: expect.any(Number),
      source: 'none',
      hit: false,
      reason: 'cold',
      corrupt: 0,
    });
    expect(await server.command('DBSIZE')).toBe(2);
  });

  it('passes over corrupt entries, counts them, and looks further back for the rest', async () => {
    const { list } = keysOf('c');
    await app.cache.append('c', [user('1'), user('2'), user('3')]);
    await server.command('LPUSH', list, 'not ours', '9:0:{"role":"user","conte', '9:0:{"role":"wizard","content":""}');
    await app.cache.append('c', user('4'));
    await server.command('LPUSH', list, '1:0:null');
    expect(await app.cache.read('c', 3)).toEqual({
      messages: [user('2'), user('3'), user('4')],
      tokens: expect.any(Number),
      source: 'redis',
      hit: true,
      corrupt: 4,
    });
    expect(await app.cache.read('c')).toMatchObject({ messages: { length: 4 }, corrupt: 4 });
  });

  it('says corrupt when nothing of a chat can be read', async () => {
    await server.command('RPUSH', keysOf('c').list, 'x', 'y');
    expect(await app.cache.read('c', 1)).toEqual({
      messages: [],
      tokens: expect.any(Number),
      source: 'none',
      hit: false,
      reason: 'corrupt',
      corrupt: 2,
    });
  });

  it('never begins with an answer whose call was cut', async () => {
    const call = { id: 't', name: 'look', arguments: {} };
    await app.cache.append('c', [
      { role: 'assistant', content: '', toolCalls: [call] },
      { role: 'tool', content: 'found', toolCallId: 't' },
      user('so?'),
    ]);
    expect(contents(await app.cache.recent('c', 2))).toEqual(['so?']);
    expect(contents(await app.cache.recent('c', 3))).toEqual(['', 'found', 'so?']);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a limit of %p by name', async (limit) => {
    await expect(app.cache.recent('c', limit)).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('context.recent: limit must be an integer of at least 1'),
    });
  });

  it('keeps chats and tenants with hostile ids apart', async () => {
    const ids = [
      '*',
      '{x}',
      'a:b',
      'a',
      'a}:m',
      '%2A',
      'é',
      'e\u0301',
      '😀',
      '\uD83D',
      '\uDE00',
      'x'.repeat(512),
      ' ',
      '\0',
    ];
    const faces = [undefined, 'a', 'a:b', '{x}'].map((tenant) => ({
      name: String(tenant),
      cache: tenant === undefined ? app.cache : app.cache.forTenant(tenant),
    }));
    for (const { name, cache } of faces) {
      for (const id of ids) await cache.append(id, user(`${name}/${id}`));
    }
    for (const { name, cache } of faces) {
      for (const id of ids) expect(contents(await cache.recent(id))).toEqual([`${name}/${id}`]);
    }
    expect(await server.command('KEYS', 'dialog:chat:*')).toHaveLength(faces.length * ids.length * 2);
  });

  it('clears one chat and tells whether there was one', async () => {
    await app.cache.append('*', user('1'));
    await app.cache.append('b', user('2'));
    expect(await app.cache.clear('*')).toBe(true);
    expect(await app.cache.clear('*')).toBe(false);
    expect(contents(await app.cache.recent('b'))).toEqual(['2']);
    expect(await server.command('DBSIZE')).toBe(2);
  });

  it('publishes each read on its channel, without chat and tenant', async () => {
    const seen: ContextReadEvent[] = [];
    const listen = (event: unknown): void => void seen.push(event as ContextReadEvent);
    await app.cache.append('secret-chat', [user('1'), user('2')]);
    subscribe('nestjs-redis-hub:context:read', listen);
    await app.cache.recent('secret-chat');
    await app.cache.forTenant('secret-tenant').recent('secret-chat');
    unsubscribe('nestjs-redis-hub:context:read', listen);
    await app.cache.recent('secret-chat');
    const durationMs = expect.any(Number) as number;
    expect(seen).toEqual([
      { connection: 'default', source: 'redis', hit: true, messages: 2, tokens: 10, corrupt: 0, durationMs },
      {
        connection: 'default',
        source: 'none',
        hit: false,
        reason: 'cold',
        messages: 0,
        tokens: 0,
        corrupt: 0,
        durationMs,
      },
    ]);
    expect(JSON.stringify(seen)).not.toContain('secret');
  });
});
