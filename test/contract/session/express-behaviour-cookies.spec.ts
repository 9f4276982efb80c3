import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CookieOptions } from 'express-session';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { BehaviourBed } from './behaviour-bed.js';
import { called, count, look, routes } from './behaviour-web.js';
import type { Act } from './behaviour-web.js';

const NAME = 'connect.sid';
/** What a slow machine may lose between two looks at the clock. */
const SLACK_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

const HTTPS = { 'x-forwarded-proto': 'https' };
const HTTP = { 'x-forwarded-proto': 'http' };

describeEachDriver('express-session and its cookie', (driver) => {
  let bed: BehaviourBed;

  beforeAll(async () => void (bed = await BehaviourBed.start(driver)));
  afterEach(() => bed.clean());
  afterAll(() => bed.stop());

  /** One that lasts as long as that, or by a slow machine's clock a little less. */
  const expectLeft = (leftMs: number | undefined, wantedMs: number): void => {
    expect(leftMs).toBeGreaterThan(wantedMs - SLACK_MS);
    expect(leftMs).toBeLessThanOrEqual(wantedMs + 5);
  };
  const counting = (changes: Readonly<Record<string, Act>>): Act =>
    routes({ '/count': count, '/look': look, ...changes });

  describe('its end', () => {
    it('is maxAge from now, in the browser and in Redis', async () => {
      const visitor = (await bed.web({ cookie: { maxAge: 600_000 } }, count)).visitor();
      const { cookies } = await visitor.get();
      expectLeft(cookies[NAME]?.leftMs, 600_000);
      expectLeft(await bed.leftMs(visitor.idOf()), 600_000);
    });

    it('is a date, where one is given', async () => {
      const expires = new Date(Date.now() + DAY_MS);
      const visitor = (await bed.web({ cookie: { expires } }, count)).visitor();
      const { cookies } = await visitor.get();
      expect(cookies[NAME]?.attributes['expires']).toBe(expires.toUTCString());
      expectLeft(await bed.leftMs(visitor.idOf()), DAY_MS);
    });

    it.each<[string, CookieOptions]>([
      ['nothing', {}],
      ['maxAge: null', { maxAge: null as never }],
      ['expires: null', { expires: null }],
    ])('is that of the browser, and of the module in Redis, where %s is given', async (_what, cookie) => {
      const visitor = (await bed.web({ cookie }, count)).visitor();
      expect((await visitor.get()).cookies[NAME]?.attributes).not.toHaveProperty('expires');
      expectLeft(await bed.leftMs(visitor.idOf()), 50_000);
      expect(await visitor.value()).toBe(2);
    });

    it('is the same to the millisecond in the store as in the request', async () => {
      const web = await bed.web({ cookie: { maxAge: 600_000 } }, async ({ session, sessionID, sessionStore }) => {
        session.n = 1;
        const from = performance.now();
        await called((callback) => session.save(callback));
        const tookMs = performance.now() - from;
        const found = await called<{ cookie: { expires: Date } }>((callback) =>
          sessionStore.get(sessionID, callback as never),
        );
        return [found.cookie.expires.getTime() - Number(session.cookie.expires?.getTime()), tookMs];
      });
      const [driftMs, tookMs] = (await web.visitor().value()) as [number, number];
      expect(Math.abs(driftMs)).toBeLessThanOrEqual(5 + tookMs);
    });

    it('ends a session of 5 ms', async () => {
      const visitor = (await bed.web({ cookie: { maxAge: 5 } }, count)).visitor();
      await visitor.value();
      const id = visitor.idOf();
      // gone, or a tombstone where the machine took longer than that to save it
      await eventually(async () => !(await bed.stored(id)));
      expect(await visitor.value()).toBe(1);
      expect(visitor.idOf()).not.toBe(id);
    });

    it('ends a session whose key Redis has dropped', async () => {
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, count)).visitor();
      await visitor.value();
      const id = visitor.idOf();
      await bed.server.command('PEXPIRE', `dialog:session:${id}`, 1);
      await eventually(async () => (await bed.leftMs(id)) < 0);
      expect(await visitor.value()).toBe(1);
      expect(visitor.idOf()).not.toBe(id);
    });

    it('is moved by a request that only looks, in Redis and in what the next request finds', async () => {
      const acts = { '/left': (({ session }) => session.cookie.maxAge) satisfies Act };
      const visitor = (await bed.web({ cookie: { maxAge: 600_000 } }, counting(acts))).visitor();
      await visitor.value('/count');
      await bed.server.command('PEXPIRE', `dialog:session:${visitor.idOf()}`, 20_000);
      await visitor.value('/look');
      expectLeft(await bed.leftMs(visitor.idOf()), 600_000);
      expectLeft(Number(await visitor.value('/left')), 600_000);
    });

    it('is what is left of it, while the request is under way', async () => {
      const left: Act = async ({ session, sessionID, sessionStore }) => {
        const found = await called<{ cookie: { expires: Date } }>((callback) =>
          sessionStore.get(sessionID, callback as never),
        );
        return [
          Number(session.cookie.expires?.getTime()) - found.cookie.expires.getTime(),
          session.cookie.originalMaxAge,
        ];
      };
      const visitor = (await bed.web({ cookie: { maxAge: 600_000 } }, counting({ '/left': left }))).visitor();
      await visitor.value('/count');
      const [driftMs, maxAge] = (await visitor.value('/left')) as [number, number];
      expect(driftMs).toBe(0);
      expectLeft(maxAge, 600_000);
    });

    it('may be decided by the request', async () => {
      const cookie = (({ path }: { path: string }) => ({ maxAge: path === '/long' ? DAY_MS : 60_000 })) as never;
      const web = await bed.web({ cookie }, count);
      for (const [path, leftMs] of [
        ['/long', DAY_MS],
        ['/short', 60_000],
      ] as const) {
        const visitor = web.visitor();
        await visitor.value(path);
        expectLeft(await bed.leftMs(visitor.idOf()), leftMs);
      }
    });
  });

  describe('changed by the application', () => {
    const age =
      (maxAge: number | null, isCount: boolean): Act =>
      (request) => {
        request.session.cookie.maxAge = maxAge as number;
        return isCount ? count(request) : look(request);
      };

    it.each([
      ['longer, with the data', DAY_MS, true],
      ['longer, by itself', DAY_MS, false],
      ['shorter, with the data', 20_000, true],
      ['shorter, by itself', 20_000, false],
    ])('lives %s', async (_what, maxAge, isCount) => {
      const acts = counting({ '/age': age(maxAge, isCount) });
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 }, rolling: true }, acts)).visitor();
      await visitor.value('/count');
      expectLeft((await visitor.get('/age')).cookies[NAME]?.leftMs, maxAge);
      expectLeft(await bed.leftMs(visitor.idOf()), maxAge);
      expectLeft((await visitor.get('/look')).cookies[NAME]?.leftMs, maxAge);
      expectLeft(await bed.leftMs(visitor.idOf()), maxAge);
      expect(await visitor.value('/look')).toBe(isCount ? 2 : 1);
    });

    it('by itself, takes no change of another request back', async () => {
      const acts = counting({
        '/age': async (request) => {
          await bed.app.sessions.update<{ n: number }>(request.sessionID, ({ n, ...rest }) => ({ ...rest, n: n + 10 }));
          return age(DAY_MS, false)(request);
        },
      });
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, acts)).visitor();
      await visitor.value('/count');
      expect(await visitor.value('/age')).toBe(1);
      expect(await visitor.value('/look')).toBe(11);
    });

    it('to one of the browser lives as long as the module says from then on', async () => {
      const acts = counting({ '/age': age(null, false) });
      const visitor = (await bed.web({ cookie: { maxAge: 20_000 }, rolling: true }, acts)).visitor();
      await visitor.value('/count');
      expect((await visitor.get('/age')).cookies[NAME]?.attributes).not.toHaveProperty('expires');
      expectLeft(await bed.leftMs(visitor.idOf()), 50_000);
      expect((await visitor.get('/look')).cookies[NAME]?.attributes).not.toHaveProperty('expires');
    });

    it.each([true, false])('to one that is over ends the session (with the data: %s)', async (isCount) => {
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, counting({ '/age': age(-1, isCount) }))).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      await visitor.value('/age');
      expect(await bed.stored(id)).toBeNull();
      expect(await visitor.value('/count')).toBe(1);
    });

    it('keeps another attribute', async () => {
      const acts = counting({ '/strict': ({ session }) => void (session.cookie.sameSite = 'strict') });
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 }, rolling: true }, acts)).visitor();
      await visitor.value('/count');
      await visitor.value('/strict');
      expect((await visitor.get('/look')).cookies[NAME]?.attributes).toMatchObject({ samesite: 'Strict' });
    });

    it('is a touch, and no change, where it is set to what it was', async () => {
      const acts = counting({ '/same': age(60_000, false) });
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, acts)).visitor();
      await visitor.value('/count');
      const before = await bed.stored(visitor.idOf());
      await visitor.value('/same');
      expect(await bed.stored(visitor.idOf())).toEqual(before);
    });
  });

  describe('its attributes are kept', () => {
    it.each<[string, CookieOptions & { priority?: string; partitioned?: boolean }, object, object]>([
      ['httpOnly: false', { httpOnly: false }, { path: '/' }, { httpOnly: false }],
      ['sameSite: true', { sameSite: true }, { samesite: 'Strict' }, { sameSite: true }],
      ['sameSite: lax', { sameSite: 'lax' }, { samesite: 'Lax' }, { sameSite: 'lax' }],
      ['sameSite: strict', { sameSite: 'strict' }, { samesite: 'Strict' }, { sameSite: 'strict' }],
      ['sameSite: none', { sameSite: 'none' }, { samesite: 'None' }, { sameSite: 'none' }],
      ['domain', { domain: 'example.org' }, { domain: 'example.org' }, { domain: 'example.org' }],
      ['path', { path: '/look' }, { path: '/look' }, { path: '/look' }],
      ['priority', { priority: 'high' }, { priority: 'High' }, { priority: 'high' }],
      ['partitioned', { partitioned: true }, { partitioned: true }, { partitioned: true }],
      ['secure', { secure: true }, { secure: true }, { secure: true }],
    ])('%s', async (_what, cookie, sent, stored) => {
      const web = await bed.web({ cookie, rolling: true, proxy: true }, (request) =>
        request.path === '/look/count' ? count(request) : look(request),
      );
      const visitor = web.visitor();
      expect((await visitor.get('/look/count', HTTPS)).cookies[NAME]?.attributes).toMatchObject(sent);
      expect((await bed.stored(visitor.idOf()))?.['cookie']).toMatchObject(stored);
      // made of what the store gave, not of the options
      const again = (await visitor.get('/look', HTTPS)).cookies[NAME];
      expect(again?.attributes).toMatchObject(sent);
      expect('httponly' in (again?.attributes ?? {})).toBe(cookie.httpOnly !== false);
    });
  });

  describe('behind a proxy', () => {
    it.each<[string, boolean | undefined, boolean, Record<string, string>, boolean]>([
      ['an open connection', undefined, false, {}, false],
      ['a proxy that is trusted and says https', true, false, HTTPS, true],
      ['a proxy that is trusted and says http', true, false, HTTP, false],
      ['a proxy that is trusted and says nothing', true, false, {}, false],
      ['proxies of which the first says https', true, false, { 'x-forwarded-proto': 'https, http' }, true],
      ['proxies of which the first says http', true, false, { 'x-forwarded-proto': 'http, https' }, false],
      ['a proxy that is not trusted', false, true, HTTPS, false],
      ['a proxy that nobody spoke of', undefined, false, HTTPS, false],
      ['a proxy that Express trusts', undefined, true, HTTPS, true],
    ])('a secure cookie over %s', async (_what, proxy, isTrusted, headers, isSent) => {
      const web = await bed.web({ proxy, cookie: { secure: true } }, (request) => [count(request), request.sessionID]);
      if (isTrusted) web.trustProxy();
      const { cookies, value } = await web.visitor().get('/', headers);
      expect(NAME in cookies).toBe(isSent);
      // kept either way, as any session that was changed
      expect(await bed.stored(String((value as unknown[])[1]))).toMatchObject({ n: 1, cookie: { secure: true } });
    });

    it.each([
      [HTTPS, { secure: true, samesite: 'None' }],
      [HTTP, { samesite: 'Lax' }],
    ])('secure and sameSite: auto follow the connection of %j', async (headers, sent) => {
      const options = { proxy: true, cookie: { secure: 'auto', sameSite: 'auto' } as never };
      const { cookies } = await (await bed.web(options, count)).visitor().get('/', headers);
      expect(cookies[NAME]?.attributes).toEqual({ path: '/', httponly: true, ...sent });
    });
  });
});
