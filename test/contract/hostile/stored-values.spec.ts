import type { SessionData } from 'express-session';
import { defineScript } from '../../../lib/commands/define-script.js';
import { RedisService } from '../../../lib/index.js';
import { ExpressSessionStore } from '../../../lib/session/express.js';
import { describeEachDriver } from '../../support/drivers.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, keysOf } from '../context/context-app.js';
import { ExpressApp } from '../session/express-app.js';
import { expectQuiet, SessionApp } from '../session/session-app.js';
import { storedText } from '../session/stored-session.js';

const KEY = 'dialog:session:';
const LATER = 9_000_000_000_000;

/** Newer than what this node knows, and not of the future. */
const now = (): string => `${Date.now().toString(16).padStart(12, '0')}ffff000000aa`;
const DEEP = 100_000;

/** What 8 MB may take on a busy machine. */
const SLOW_MS = 8_000;

const deepList = '['.repeat(DEEP) + ']'.repeat(DEEP);
const deepRecord = '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP);

/** JSON that does harm where it is merged, walked, or taken at its word. */
const RECORDS: Readonly<Record<string, string>> = {
  'a prototype': '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  'lists 100,000 deep': `{"a":${deepList}}`,
  'records 100,000 deep': `{"a":${deepRecord}}`,
  'numbers past all bounds': '{"a":1e999,"b":-1e999,"c":123456789012345678901234567890}',
  'the names of methods': '{"toJSON":1,"toString":null,"valueOf":"x","then":"y","hasOwnProperty":0,"length":-1}',
  'a name a million times': `{${Array.from({ length: 200_000 }, () => '"a":1').join(',')}}`,
  '8 MB': `{"a":"${'x'.repeat(8_000_000)}"}`,
};

const NO_RECORDS: Readonly<Record<string, string>> = {
  'lists 100,000 deep': deepList,
  'half of lists 100,000 deep': '['.repeat(DEEP),
  'not a number': 'NaN',
  'a script': "return redis.call('FLUSHALL')",
  'the code of a page': '<script>alert(1)</script>',
  nothing: '',
  null: 'null',
  'bytes of other commands': '*1\r\n$8\r\nFLUSHALL\r\n',
};

/** What invalid UTF-8 becomes on its way through a script: bytes that a test cannot send as text. */
const STORE_BYTES = "return redis.call('SET', KEYS[1], ARGV[1] .. '\\255\\254\\192\\128\\237\\160\\128' .. ARGV[2])";

async function expectOthersWell({ sessions, connection }: SessionApp, { cache }: ContextApp): Promise<void> {
  expect('polluted' in {}).toBe(false);
  expect(await sessions.get('good')).toEqual({ ok: true });
  expect((await cache.read('good')).messages).toHaveLength(1);
  expect([connection.state, sessions.status().degraded]).toEqual(['connected', false]);
}

describeEachDriver('a stored value that is hostile', (driver) => {
  let server: RedisTestServer;
  let sentinel: ProcessSentinel;
  let app: SessionApp;
  let chat: ContextApp;
  let redis: RedisService;
  let ids = 0;

  beforeAll(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { redis: { commandTimeoutMs: SLOW_MS, watchdogIntervalMs: SLOW_MS } });
    chat = await ContextApp.start(driver, server, { maxMessages: 10 }, { commandTimeoutMs: SLOW_MS });
    redis = app.module.get(RedisService);
    await app.sessions.set('good', { ok: true });
    await chat.cache.append('good', { role: 'user', content: 'hello' });
  });

  afterAll(async () => {
    await chat.stop();
    await app.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });

  afterEach(() => expectOthersWell(app, chat));

  const seen = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      (value) => (value === undefined ? 'a miss' : 'a value'),
      (error: { redisErrorKind?: string; name?: string }) => error.redisErrorKind ?? error.name,
    );
  const store = (id: string, json: string): Promise<unknown> =>
    server.command('SET', KEY + id, storedText(id, now(), now(), LATER, json));

  describe('of a session', () => {
    let id: string;
    beforeEach(() => void (id = `id${(ids += 1)}`));
    afterEach(async () => void (await server.command('DEL', KEY + id)));

    it.each(Object.entries(RECORDS))('holds %s: is data', async (_what, json) => {
      await store(id, json);
      expect(await seen(app.sessions.get(id))).toBe('a value');
      await app.sessions.destroy(id);
      expect(await app.sessions.get(id)).toBeUndefined();
    });

    it.each(Object.entries(NO_RECORDS).filter(([, text]) => text !== ''))('holds %s: is told', async (_what, text) => {
      await store(id, text);
      expect(await seen(app.sessions.get(id))).toBe('serialization');
    });

    it.each(['{"a":"|"}', '|', '{|:1}'])('holds bytes that are no text, as %p', async (shape) => {
      const [before = '', after = ''] = storedText(id, now(), now(), LATER, shape).split('|');
      await server.command('EVAL', STORE_BYTES, 1, KEY + id, before, after);
      expect(await seen(app.sessions.get(id))).toBe(shape.startsWith('{"') ? 'a value' : 'serialization');
    });

    it.each<[string, unknown, string]>([
      ['none', undefined, 'serialization'],
      ['a number', 5, 'serialization'],
      ['null', null, 'serialization'],
      ['a list', [], 'a value'],
      ['of a path with lines', { path: '/\r\nset-cookie: a=b' }, 'serialization'],
      ['of a domain with lines', { domain: 'a\r\nb' }, 'serialization'],
      ['of an expiry that is a record', { expires: { a: 1 } }, 'a value'],
      ['of a foreign sameSite', { sameSite: 'whatever' }, 'serialization'],
      ['of an age that is text', { maxAge: 'old' }, 'serialization'],
      ['of a prototype', JSON.parse('{"__proto__":{"polluted":true},"path":"/"}'), 'serialization'],
    ])(
      'is given to express-session with a cookie %s: no request hangs, no header is forged',
      async (_what, cookie, wanted) => {
        const sessions = app.module.get(ExpressSessionStore);
        const web = await ExpressApp.start(sessions);
        const client = web.client();
        await client.get('/login');
        id = client.sessionId;
        await store(id, JSON.stringify({ user: 'ada', cookie }));
        const { status } = await client.get('/visit');
        expect(status).toBe(wanted === 'a value' ? 200 : 503);
        const read = new Promise<SessionData | null | undefined>((resolve, reject) => {
          sessions.get(id, (error, data) => (error ? reject(error) : resolve(data)));
        });
        expect(await seen(read)).toBe(wanted);
        await web.stop();
      },
    );
  });

  describe('of a chat', () => {
    const { list, hash } = keysOf('a');
    const message = (fields: string): string => `1:0:{"role":"user","content":"x"${fields}}`;

    afterEach(async () => void (await server.command('DEL', list, hash)));

    it.each<readonly [string, string]>([
      ...Object.entries(NO_RECORDS),
      ...Object.entries(RECORDS),
      ...Object.entries(NO_RECORDS).map(([what, text]) => [what, `1:0:${text}`] as const),
      ...Object.entries(RECORDS).map(([what, text]) => [what, `1:0:${text}`] as const),
      ['a role of its own', '1:0:{"role":"root","content":"x"}'],
      ['a sequence below zero', '-1:0:{"role":"user","content":"x"}'],
      ['a sequence past all bounds', '1e999:NaN:{"role":"user","content":"x"}'],
      ['a prototype beside the text', message(',"__proto__":{"polluted":true}')],
      ['a role of a prototype', '1:0:{"content":"x","__proto__":{"role":"user"}}'],
      ['content that is a record', '1:0:{"role":"user","content":{"a":1}}'],
      ['content 100,000 deep', `1:0:{"role":"user","content":${deepList}}`],
      ['metadata that is a list', message(',"metadata":[]')],
    ])('is an entry of %s: is passed over and counted', async (_what: string, entry: string) => {
      await chat.cache.append('a', { role: 'user', content: 'before' });
      await server.command('LPUSH', list, entry);
      expect(await chat.cache.read('a')).toMatchObject({ messages: [{ content: 'before' }], hit: true, corrupt: 1 });
      expect(await chat.cache.append('a', { role: 'user', content: 'after' })).toMatchObject({ stored: 1 });
      expect(await chat.cache.read('a')).toMatchObject({ messages: [{ content: 'before' }, { content: 'after' }] });
    });

    it.each([
      ['metadata 100,000 deep', message(`,"metadata":{"a":${deepList}}`)],
      ['8 MB', message(`,"metadata":{"a":"${'x'.repeat(8_000_000)}"}`)],
      ['metadata of a prototype', message(',"metadata":{"__proto__":{"polluted":true}}')],
    ])('is an entry with %s: is data', async (_what, entry) => {
      await server.command('LPUSH', list, entry);
      expect(await chat.cache.read('a')).toMatchObject({ messages: [{ content: 'x' }], corrupt: 0 });
    });

    it.each(['q', 'n', 'w', 'c', 'l', 'i'])(
      'is the field %s of what is beside it: no append is lost',
      async (field) => {
        const values = [
          '-1',
          '1e999',
          'nan',
          'inf',
          '0x10',
          "'..os.exit()..'",
          '',
          'x'.repeat(1_000_000),
          '999999999999999999',
        ];
        for (const value of values) {
          await server.command('DEL', list, hash);
          await chat.cache.append('a', { role: 'user', content: '1' });
          await server.command('HSET', hash, field, value);
          expect(await chat.cache.append('a', { role: 'user', content: '2' })).toMatchObject({ stored: 1 });
          const { messages } = await chat.cache.read('a');
          expect(messages.map(({ content }) => content)).toEqual(['1', '2']);
        }
      },
    );

    it('is of another type: is told of that chat alone', async () => {
      await server.command('SET', list, 'text');
      expect(await seen(chat.cache.read('a'))).toBe('wrong-type');
      expect(await seen(chat.cache.append('a', { role: 'user', content: '1' }))).toBe('wrong-type');
      expect(await server.command('GET', list)).toBe('text');
    });
  });

  describe('of a cache', () => {
    it.each(Object.entries({ ...RECORDS, 'lists 100,000 deep, bare': deepList }))(
      'is %s: is data',
      async (_what, json) => {
        await server.command('SET', 'k', json);
        expect(await seen(redis.cacheGet('k'))).toBe('a value');
        await server.command('DEL', 'list');
        await server.command('LPUSH', 'list', json);
        expect(await seen(redis.getRecent('list', 5))).toBe('a value');
      },
    );

    it.each(Object.entries(NO_RECORDS).filter(([, text]) => text !== 'null' && text !== deepList))(
      'is %s: is told',
      async (_what, text) => {
        await server.command('SET', 'k', text);
        expect(await seen(redis.cacheGet('k'))).toBe('serialization');
      },
    );

    it.each(['x', '1e999', 'NaN', '9223372036854775807', '1.5', ''])('is the counter %p: is told', async (text) => {
      await server.command('SET', 'n', text);
      expect(await seen(redis.commands.incrby('n', 1))).toBe('reply');
      expect(await server.command('GET', 'n')).toBe(text);
    });

    it('is a hash with the name of a prototype: is a field', async () => {
      await server.command('HSET', 'h', '__proto__', 'polluted', 'constructor', 'x', 'toString', 'y');
      const fields = await redis.commands.hgetall('h');
      expect(Object.keys(fields).toSorted()).toEqual(['__proto__', 'constructor', 'toString']);
      expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
    });

    it('is a list nested by a script: is told where a list of texts is asked for', async () => {
      const nested = defineScript('nested', `local a = {1} for i = 1, 100 do a = {a} end return a`);
      expect(await seen(redis.commands.runScript(nested, [], []))).toBe('a value');
    });
  });
});
