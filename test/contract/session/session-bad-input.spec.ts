import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { storedText } from './stored-session.js';

const KEY = 'dialog:session:';
const VERSION = '0190000000000000000000aa';
const FAR = '7'.padEnd(24, 'f');
const LATER = 9_000_000_000_000;

describeEachDriver('SessionStore and bad input', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server);
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('keeps apart ids that are patterns, hash tags, control characters, emoji and lone surrogates', async () => {
    const ids = [
      '*',
      '?',
      '[a]',
      '{a}',
      '{',
      '\0',
      '\n',
      '\r\n',
      ' ',
      '😀',
      '\ud83d',
      '\ude00',
      '%2A',
      '%',
      'é',
      'e\u0301',
      '..',
      '\\',
    ];
    ids.push('x'.repeat(1_024), '\ud800'.repeat(1_024), '__proto__');
    for (const [n, id] of ids.entries()) expect(await app.sessions.set(id, { n })).toBe(true);
    for (const [n, id] of ids.entries()) expect(await app.sessions.get(id)).toEqual({ n });
    await app.sessions.destroy('*');
    for (const [n, id] of ids.entries()) expect(await app.sessions.get(id)).toEqual(n === 0 ? undefined : { n });
  });

  it.each([
    ['', 'get'],
    ['x'.repeat(10_000), 'set'],
    [undefined, 'touch'],
    [null, 'destroy'],
    [{ toString: (): string => 'a' }, 'get'],
  ] as const)('refuses an id that is none, at every door', async (id, method) => {
    const call = app.sessions[method] as (id: unknown, data: object) => Promise<unknown>;
    const error: unknown = await call.call(app.sessions, id, {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ redisErrorKind: 'serialization', operation: `session.${method}` });
  });

  it.each([0, -5, 1.5, Number.NaN, '60', 1e15])('refuses a time to live of %p', async (ttlMs) => {
    const options = { ttlMs: ttlMs as number };
    await expect(app.sessions.set('ttl', {}, options)).rejects.toMatchObject({ redisErrorKind: 'configuration' });
    await expect(app.sessions.touch('ttl', options)).rejects.toMatchObject({ redisErrorKind: 'configuration' });
    expect(await app.sessions.get('ttl')).toBeUndefined();
  });

  it.each([
    ['null', null],
    ['a text', '60'],
    [
      'a getter that throws',
      {
        get ttlMs(): number {
          throw new TypeError('no');
        },
      },
    ],
  ])('refuses options that are %s', async (_what, options) => {
    const wanted = { name: 'RedisError', redisErrorKind: 'configuration' };
    await expect(app.sessions.set('options', {}, options as object)).rejects.toMatchObject(wanted);
    await expect(app.sessions.touch('options', options as object)).rejects.toMatchObject(wanted);
  });

  it('refuses a session of 10 MB, and keeps the one that it had', async () => {
    await app.sessions.set('large', { n: 1 });
    const error: unknown = await app.sessions
      .set('large', { text: 'secret'.repeat(1_700_000) })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      redisErrorKind: 'serialization',
      message: expect.stringContaining('maxPayloadBytes'),
    });
    expect(inspect(error).length).toBeLessThan(5_000);
    expect(await app.sessions.get('large')).toEqual({ n: 1 });
  });

  it.each<[string, (id: string) => string]>([
    ['no JSON', (id: string): string => storedText(id, VERSION, VERSION, LATER, '{oops')],
    ['JSON that is no object', (id: string): string => storedText(id, VERSION, VERSION, LATER, '[1]')],
    ['a foreign version', (id: string): string => storedText(id, 'z'.repeat(24), VERSION, LATER, '{}')],
    [
      'a version that no clock can pass',
      (id: string): string => storedText(id, 'f'.repeat(24), 'f'.repeat(24), LATER, '{}'),
    ],
    ['a version in the year 6429', (id: string): string => storedText(id, FAR, FAR, LATER, '{}')],
    ['a foreign version of its expiry', (id: string): string => storedText(id, VERSION, 'f'.repeat(24), LATER, '{}')],
    ['a foreign expiry', (id: string): string => storedText(id, VERSION, VERSION, 'soon', '{}')],
    ['a header cut short', (id: string): string => storedText(id, VERSION, VERSION, LATER, '').slice(0, 72)],
    ['the JSON of another store', (): string => '{"role":"admin"}'],
    ['the session of another id', (): string => storedText('other', VERSION, VERSION, LATER, '{"role":"admin"}')],
    ['nothing in it', (): string => ''],
    ['bytes that are no text', (): string => '\0\ufffd\n'],
  ])(
    'fails a stored value with %s for that session alone, and lets it be set anew or destroyed',
    async (what, textFor) => {
      const id = `corrupt ${what}`;
      const key = KEY + encodeURIComponent(id);
      const store = (): Promise<unknown> => server.command('SET', key, textFor(id));
      await app.sessions.set('healthy', { ok: true });
      await store();
      const error: unknown = await app.sessions.get(id).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ redisErrorKind: 'serialization', message: expect.stringMatching(/^Session #/) });
      expect(inspect(error)).not.toMatch(/oops|admin|corrupt/);
      expect(await app.sessions.get('healthy')).toEqual({ ok: true });
      expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: false });
      expect(await app.sessions.set(id, { fresh: true })).toBe(true);
      expect(await app.sessions.get(id)).toEqual({ fresh: true });
      await server.command('DEL', key);
      await store();
      await app.sessions.destroy(id);
      expect(await app.sessions.get(id)).toBeUndefined();
      expect(await app.sessions.set('healthy', { still: true })).toBe(true);
      expect(await app.sessions.get('healthy')).toEqual({ still: true });
    },
  );

  it('reports a key of another type for that session alone', async () => {
    await server.command('LPUSH', `${KEY}list`, 'foreign');
    for (const call of [
      () => app.sessions.get('list'),
      () => app.sessions.set('list', {}),
      () => app.sessions.touch('list'),
      () => app.sessions.destroy('list'),
    ]) {
      await expect(call()).rejects.toMatchObject({ redisErrorKind: 'wrong-type' });
    }
    expect(await server.command('LRANGE', `${KEY}list`, 0, -1)).toEqual(['foreign']);
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: false, dirty: 0 });
  });
});
