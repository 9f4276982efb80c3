import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifySessionOptions } from '@fastify/session';
import { FastifySessionStore } from '../../../lib/session/fastify.js';
import { encodeId } from '../../../lib/utils/encode-id.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { patient } from './behaviour-bed.js';
import { FastifyWeb } from './fastify-web.js';
import type { FastifyAct } from './fastify-web.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';
import type { Visitor } from './visitor.js';

const NAME = 'sessionId';
const SLACK_MS = 5_000;

const count: FastifyAct = ({ session }) => session.set('n', (session.n ?? 0) + 1) ?? session.n;
const look: FastifyAct = ({ session }) => session.n;
const destroy: FastifyAct = ({ session }) => session.destroy();
const login: FastifyAct = async (request) => {
  await request.session.regenerate();
  request.session.user = 'ada';
};
const whoami: FastifyAct = ({ session }) => session.user ?? 'nobody';
const ACTS = { '/count': count, '/look': look, '/destroy': destroy, '/login': login, '/whoami': whoami };

describeEachDriver('@fastify/session on FastifySessionStore', (driver) => {
  let sentinel: ProcessSentinel;
  let server: RedisTestServer;
  let app: SessionApp;
  let webs: FastifyWeb[] = [];

  beforeAll(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { redis: patient(), session: { ttlMs: 50_000 } });
  });
  afterEach(async () => {
    await Promise.all(webs.map((web) => web.stop()));
    webs = [];
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });

  const serve = async (
    options: Partial<FastifySessionOptions> = {},
    acts: Readonly<Record<string, FastifyAct>> = {},
  ) => {
    const store = new FastifySessionStore(app.sessions);
    const web = await FastifyWeb.start({ store, ...options }, { ...ACTS, ...acts });
    webs.push(web);
    return web;
  };
  const keyOf = (visitor: Visitor): string => `dialog:session:${encodeId(visitor.idOf(NAME))}`;
  const leftMs = async (visitor: Visitor): Promise<number> => Number(await server.command('PTTL', keyOf(visitor)));
  const stored = async (visitor: Visitor): Promise<unknown> => {
    const text = await storedData(server, keyOf(visitor));
    return text === undefined || text === '' ? text : JSON.parse(text);
  };
  const expectLeft = (left: number | undefined, wantedMs: number): void => {
    expect(left).toBeGreaterThan(wantedMs - SLACK_MS);
    expect(left).toBeLessThanOrEqual(wantedMs + 5);
  };

  describe('a login', () => {
    it('is kept, and ended', async () => {
      const visitor = (await serve()).visitor();
      expect(await visitor.value('/whoami')).toBe('nobody');
      expect(visitor.jar.size).toBe(0);
      await visitor.value('/login');
      expect(await visitor.value('/whoami')).toBe('ada');
      expect([await visitor.value('/count'), await visitor.value('/count')]).toEqual([1, 2]);
      expect(await stored(visitor)).toMatchObject({ user: 'ada', n: 2, cookie: { httpOnly: true, path: '/' } });
      const after = visitor.copy();
      await visitor.value('/destroy');
      expect(await after.copy().value('/whoami')).toBe('nobody');
      expect(await stored(after)).toBe('');
    });

    it('is not for who has an id that was planted, with a wrong signature, or unknown', async () => {
      const web = await serve();
      const attacker = web.visitor();
      await attacker.value('/count');
      const [victim, planted, forged] = [attacker.copy(), attacker.copy(), attacker.copy()];
      await victim.value('/login');
      expect(victim.idOf(NAME)).not.toBe(planted.idOf(NAME));
      forged.jar.set(NAME, `${victim.idOf(NAME)}.d3Jvbmc`);
      for (const visitor of [planted, forged]) expect(await visitor.value('/whoami')).toBe('nobody');
      expect(await victim.value('/whoami')).toBe('ada');
    });

    it('takes along what regenerate is told to, and leaves the old id gone', async () => {
      const keep: FastifyAct = async ({ session }) => session.regenerate(['n']);
      const visitor = (await serve({}, { '/keep': keep })).visitor();
      await visitor.value('/count');
      const old = visitor.copy();
      await visitor.value('/keep');
      expect([await visitor.value('/look'), await old.value('/look')]).toEqual([1, null]);
    });

    it('that ended holds against a save in the same request, which gives no error', async () => {
      const saving: FastifyAct = async ({ session }) => {
        await session.destroy();
        session.n = 99;
        await session.save();
      };
      const visitor = (await serve({}, { '/end': saving })).visitor();
      await visitor.value('/count');
      await visitor.value('/end');
      expect(await stored(visitor)).toBe('');
      expect(await visitor.value('/look')).toBeNull();
    });

    it.each(['changes the session', 'only looks'])('that ended holds against a slow request that %s', async (what) => {
      const [began, ends] = [deferred(), deferred()];
      const slow: FastifyAct = async (request) => {
        began.resolve();
        await ends.promise;
        return what === 'only looks' ? look(request) : count(request);
      };
      const visitor = (await serve({}, { '/slow': slow })).visitor();
      await visitor.value('/count');
      const slowly = visitor.copy().value('/slow');
      await began.promise;
      await visitor.value('/destroy');
      ends.resolve();
      await slowly;
      expect(await stored(visitor)).toBe('');
      expect(await visitor.value('/look')).toBeNull();
    });
  });

  describe('the end of a session', () => {
    it('moves with each request, in the cookie and in Redis', async () => {
      const visitor = (await serve({ cookie: { maxAge: 600_000 } })).visitor();
      await visitor.value('/count');
      await server.command('PEXPIRE', keyOf(visitor), 20_000);
      const { cookies } = await visitor.get('/look');
      expectLeft(cookies[NAME]?.leftMs, 600_000);
      expectLeft(await leftMs(visitor), 600_000);
      expect(await visitor.value('/look')).toBe(1);
    });

    it('is that of the session, where requests that changed nothing have left the stored cookie behind', async () => {
      const visitor = (await serve({ cookie: { maxAge: 600_000 } })).visitor();
      await visitor.value('/count');
      const cookie = { path: '/', secure: false, originalMaxAge: 600_000, expires: new Date(Date.now() - 1_000) };
      await app.sessions.set(visitor.idOf(NAME), { n: 7, cookie });
      expect(await visitor.value('/look')).toBe(7);
    });

    it('stays where it is with rolling: false, until the session is changed', async () => {
      const visitor = (await serve({ rolling: false, cookie: { maxAge: 600_000 } })).visitor();
      await visitor.value('/count');
      await server.command('PEXPIRE', keyOf(visitor), 20_000);
      expect((await visitor.get('/look')).cookies).toEqual({});
      expect(await leftMs(visitor)).toBeLessThanOrEqual(20_000);
      expectLeft((await visitor.get('/count')).cookies[NAME]?.leftMs, 600_000);
      expectLeft(await leftMs(visitor), 600_000);
    });

    it('is that of the browser, and of the module in Redis, where the cookie has none', async () => {
      const visitor = (await serve()).visitor();
      expect((await visitor.get('/count')).cookies[NAME]?.attributes).not.toHaveProperty('expires');
      await server.command('PEXPIRE', keyOf(visitor), 20_000);
      await visitor.value('/look');
      expectLeft(await leftMs(visitor), 50_000);
    });

    it('is the date that the cookie has', async () => {
      const expires = new Date(Date.now() + 600_000);
      const visitor = (await serve({ cookie: { expires } })).visitor();
      for (const path of ['/count', '/look', '/count']) {
        expect((await visitor.get(path)).cookies[NAME]?.attributes['expires']).toBe(expires.toUTCString());
      }
      expectLeft(await leftMs(visitor), 600_000);
    });

    it('comes after 5 ms, where it is so soon', async () => {
      const visitor = (await serve({ cookie: { maxAge: 5 } })).visitor();
      await visitor.value('/count');
      const before = visitor.copy();
      // gone, or a tombstone where the machine took longer than that to save it
      await eventually(async () => !(await stored(before)));
      expect(await visitor.value('/count')).toBe(1);
      expect(visitor.idOf(NAME)).not.toBe(before.idOf(NAME));
    });

    it('that the application puts into the past ends the session', async () => {
      const ending: FastifyAct = (request) => {
        request.session.cookie.expires = new Date(Date.now() - 1);
        return count(request);
      };
      const visitor = (await serve({ cookie: { maxAge: 60_000 } }, { '/end': ending })).visitor();
      await visitor.value('/count');
      expect(await visitor.value('/end')).toBe(2);
      expect(await stored(visitor)).toBe('');
      expect(await visitor.value('/look')).toBeNull();
    });

    it.each([
      ['longer', 800_000],
      ['shorter', 30_000],
    ])('that the application makes %s is kept, without a change of the data', async (_what, maxAge) => {
      const age: FastifyAct = ({ session }) => session.options({ maxAge });
      const visitor = (await serve({ cookie: { maxAge: 60_000 } }, { '/age': age })).visitor();
      await visitor.value('/count');
      expectLeft((await visitor.get('/age')).cookies[NAME]?.leftMs, maxAge);
      expectLeft(await leftMs(visitor), maxAge);
      const next = await visitor.get('/look');
      expectLeft(next.cookies[NAME]?.leftMs, maxAge);
      expect(next.value).toBe(1);
    });
  });

  describe('a request that changes nothing', () => {
    it('takes no change of a faster one back', async () => {
      const [began, ends] = [deferred(), deferred()];
      const slow: FastifyAct = async (request) => {
        began.resolve();
        await ends.promise;
        return look(request);
      };
      const visitor = (await serve({}, { '/slow': slow })).visitor();
      await visitor.value('/count');
      const slowly = visitor.copy().value('/slow');
      await began.promise;
      await visitor.value('/count');
      ends.resolve();
      expect(await slowly).toBe(1);
      expect(await visitor.value('/look')).toBe(2);
    });

    it('stores a new session with saveUninitialized', async () => {
      const visitor = (await serve({ saveUninitialized: true })).visitor();
      await visitor.value('/look');
      expect(await stored(visitor)).toEqual({ cookie: expect.any(Object) });
      expect(await visitor.value('/count')).toBe(1);
    });

    it('and saves all the same, saves nothing that is not there', async () => {
      const saving: FastifyAct = async (request) => {
        await app.sessions.destroy(request.session.sessionId);
        await request.session.save();
      };
      const visitor = (await serve({}, { '/save': saving })).visitor();
      await visitor.value('/count');
      await visitor.value('/save');
      expect(await stored(visitor)).toBe('');
    });
  });

  describe('the methods of a session', () => {
    it('save, reload and touch work by promise', async () => {
      const working: FastifyAct = async (request) => {
        request.session.n = 40;
        await request.session.save();
        await app.sessions.update<{ n: number }>(request.session.sessionId, ({ n, ...rest }) => ({
          ...rest,
          n: n + 1,
        }));
        request.session.touch();
        await request.session.reload();
        return count(request);
      };
      const visitor = (await serve({ cookie: { maxAge: 60_000 } }, { '/work': working })).visitor();
      expect(await visitor.value('/work')).toBe(42);
      expect(await visitor.value('/look')).toBe(42);
    });

    it('save, reload, regenerate and destroy work by callback', async () => {
      const by = (method: (callback: (error?: unknown) => void) => void): Promise<void> =>
        new Promise((resolve, reject) => method((error) => (error ? reject(error) : resolve())));
      const working: FastifyAct = async (request) => {
        request.session.n = 1;
        await by((callback) => request.session.save(callback));
        await by((callback) => request.session.reload(callback));
        await by((callback) => request.session.regenerate(['n'], callback));
        const { n } = request.session;
        await by((callback) => request.session.destroy(callback));
        return n;
      };
      const visitor = (await serve({}, { '/work': working })).visitor();
      expect(await visitor.value('/work')).toBe(1);
      expect(await visitor.value('/look')).toBeNull();
    });

    it('of many at once leave one change, whole', async () => {
      const writing: FastifyAct = ({ session, query }) => {
        const { n } = query as { n: string };
        session.n = Number(n);
        session.text = n;
      };
      const visitor = (await serve({}, { '/write': writing })).visitor();
      await visitor.value('/count');
      await Promise.all(Array.from({ length: 20 }, (_, n) => visitor.copy().value(`/write?n=${n}`)));
      const { n, text } = (await stored(visitor)) as { n: number; text: string };
      expect(text).toBe(String(n));
    });
  });

  describe('what is wrong', () => {
    it('with one session reaches the error handler, with its kind, and logs nobody out', async () => {
      const web = await serve();
      const [visitor, other] = [web.visitor(), web.visitor()];
      await visitor.value('/count');
      await other.value('/count');
      await server.command('DEL', keyOf(visitor));
      await server.command('LPUSH', keyOf(visitor), 'no session');
      expect(await visitor.get('/look')).toMatchObject({ status: 503, body: { kind: 'wrong-type' }, cookies: {} });
      expect(await other.value('/look')).toBe(1);
      await server.command('DEL', keyOf(visitor));
    });

    it('at the end of a request is the answer, once, and nothing is changed', async () => {
      const tooLarge: FastifyAct = ({ session }) => void (session.text = 'x'.repeat(2_000_000));
      const web = await serve({}, { '/large': tooLarge });
      const visitor = web.visitor();
      await visitor.value('/count');
      const { status, cookies } = await visitor.get('/large');
      expect(status).toBeGreaterThanOrEqual(500);
      expect(cookies).toEqual({});
      expect(web.errors).toContainEqual(expect.objectContaining({ redisErrorKind: 'serialization' }));
      expect(await visitor.value('/look')).toBe(1);
    });

    it.each([
      ['a path with lines', { path: '/\r\nset-cookie: a=b' }],
      ['a domain with lines', { domain: 'a\r\nb' }],
      ['a foreign sameSite', { sameSite: 'whatever' }],
      ['an age that is text', { maxAge: 'old' }],
      ['an age past all calendars', { originalMaxAge: 1e300 }],
      ['an end that is a record', { expires: { a: 1 } }],
      ['no record', 5],
      ['null', null],
    ])('with a stored cookie, as %s, is told: no process ends, no header is forged', async (_what, cookie) => {
      const visitor = (await serve()).visitor();
      await visitor.value('/count');
      await app.sessions.set(visitor.idOf(NAME), { n: 1, cookie });
      expect(await visitor.get('/count')).toMatchObject({ status: 503, body: { kind: 'serialization' }, cookies: {} });
    });

    it('with a cookie that the application changed is told when it is saved', async () => {
      const forging: FastifyAct = ({ session }) => void (session.cookie.path = '/\r\nset-cookie: a=b');
      const web = await serve({}, { '/forge': forging });
      const visitor = web.visitor();
      await visitor.value('/count');
      expect((await visitor.get('/forge')).status).toBeGreaterThanOrEqual(500);
      expect(web.errors).toContainEqual(expect.objectContaining({ redisErrorKind: 'serialization' }));
      expect(await visitor.value('/look')).toBe(1);
    });

    it('is not that a session was stored by other code, without a cookie', async () => {
      const visitor = (await serve()).visitor();
      await visitor.value('/count');
      await app.sessions.set(visitor.idOf(NAME), { n: 7 });
      expect(await visitor.value('/count')).toBe(8);
    });
  });
});
