import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred } from '../../support/eventually.js';
import { eventually } from '../../support/eventually.js';
import { BehaviourBed } from './behaviour-bed.js';
import { called, count, look, routes } from './behaviour-web.js';
import { signed } from './visitor.js';

const NAME = 'connect.sid';
const counting = routes({ '/count': count, '/look': look });

describeEachDriver('express-session and its options', (driver) => {
  let bed: BehaviourBed;

  beforeAll(async () => void (bed = await BehaviourBed.start(driver)));
  afterEach(() => bed.clean());
  afterAll(() => bed.stop());

  /** What the middleware asked of the store meanwhile. */
  const callsOf = async (action: () => Promise<unknown>): Promise<string[]> => {
    const from = bed.store.calls.length;
    await action();
    return bed.store.calls.slice(from);
  };

  describe('a new visitor', () => {
    it('gets a session and its cookie where the request changes the session', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      const { value, cookies } = await visitor.get();
      expect(value).toBe(1);
      expect(cookies[NAME]?.attributes).toEqual({ path: '/', httponly: true });
      expect(await bed.stored(visitor.idOf())).toMatchObject({ n: 1 });
    });

    it('gets none for looking, and the store is not called', async () => {
      const web = await bed.web({}, look);
      expect(await callsOf(async () => expect((await web.visitor().get()).cookies).toEqual({}))).toEqual([]);
    });

    it('gets one for looking with saveUninitialized', async () => {
      const visitor = (await bed.web({ saveUninitialized: true }, look)).visitor();
      expect(await callsOf(() => visitor.value())).toEqual(['set']);
      expect(Object.keys((await bed.stored(visitor.idOf())) ?? {})).toEqual(['cookie']);
    });

    it('is stored by save, though nothing was changed', async () => {
      const web = await bed.web({}, async ({ session, sessionID }) => {
        await called((callback) => session.save(callback));
        return sessionID;
      });
      const { value, cookies } = await web.visitor().get();
      expect(cookies).toEqual({});
      expect(await bed.stored(String(value))).toHaveProperty('cookie');
    });

    it('has one id in the request, the session, the cookie and the store', async () => {
      const web = await bed.web({}, ({ session, sessionID }) => {
        session.n = 1;
        return [session.id, sessionID];
      });
      const visitor = web.visitor();
      expect(await visitor.value()).toEqual([visitor.idOf(), visitor.idOf()]);
      expect(visitor.idOf()).toMatch(/^[\w-]{32}$/);
      expect(await bed.leftMs(visitor.idOf())).toBeGreaterThan(0);
    });

    it('has another id than the next one', async () => {
      const web = await bed.web({}, count);
      const visitors = [web.visitor(), web.visitor(), web.visitor()];
      expect(await Promise.all(visitors.map((visitor) => visitor.value()))).toEqual([1, 1, 1]);
      expect(new Set(visitors.map((visitor) => visitor.idOf())).size).toBe(3);
    });

    it('is not stored where the handler takes the session away', async () => {
      const web = await bed.web({ saveUninitialized: true }, (request) => {
        request.session = null as never;
      });
      expect(await callsOf(async () => expect((await web.visitor().get()).cookies).toEqual({}))).toEqual([]);
    });
  });

  describe('a visitor who comes back', () => {
    it('has the session', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      expect([await visitor.value(), await visitor.value(), await visitor.value()]).toEqual([1, 2, 3]);
    });

    it('has of it what JSON keeps', async () => {
      const data = {
        text: 'ünï \0 "😀" </script>',
        list: [1, [2]],
        map: { a: null },
        at: new Date(0),
        none: undefined,
      };
      const web = await bed.web({}, ({ session, path }) => {
        if (path === '/set') Object.assign(session, { text: JSON.stringify(data.text), kept: data });
        return { text: session.text, kept: (session as { kept?: unknown }).kept };
      });
      const visitor = web.visitor();
      await visitor.value('/set');
      const kept = JSON.parse(JSON.stringify(data)) as object;
      expect(await visitor.value()).toEqual({ text: JSON.stringify(data.text), kept });
    });

    it('has 500 kB of it', async () => {
      const web = await bed.web({}, ({ session, path }) => {
        if (path === '/set') session.text = 'x'.repeat(500_000);
        return session.text?.length;
      });
      const visitor = web.visitor();
      await visitor.value('/set');
      expect(await visitor.value()).toBe(500_000);
    });

    it('left nothing in the store but the cookie and the data', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      await visitor.value();
      expect(Object.keys((await bed.stored(visitor.idOf())) ?? {}).toSorted()).toEqual(['cookie', 'n']);
    });

    it('has the methods of a session, whatever the stored fields are named', async () => {
      const methods = { save: 1, touch: 2, destroy: 3, regenerate: 4, reload: 5, resetMaxAge: 6, id: 7, req: 8 };
      await bed.app.sessions.set('named', { ...methods, n: 1, cookie: { path: '/', httpOnly: true } });
      const web = await bed.web({}, ({ session }) => [
        session.id,
        ...Object.keys(methods)
          .slice(0, 6)
          .map((name) => typeof session[name as 'save']),
        count({ session } as never),
      ]);
      const visitor = web.visitor();
      visitor.jar.set(NAME, signed('named'));
      expect(await visitor.value()).toEqual(['named', ...Array.from({ length: 6 }, () => 'function'), 2]);
    });

    it('with an id that nobody knows gets another one', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      visitor.jar.set(NAME, signed('planted'));
      expect(await visitor.value()).toBe(1);
      expect(visitor.idOf()).not.toBe('planted');
      expect(await bed.stored('planted')).toBeUndefined();
    });

    it.each([
      ['a wrong signature', 's%3Aknown.d3Jvbmc'],
      ['the signature of another secret', signed('known', 'other')],
      ['no signature', 'known'],
      ['a signature alone', signed('')],
      ['nothing in it', ''],
    ])('with a cookie of %s is a new one, and the store is not asked', async (_what, cookie) => {
      await bed.app.sessions.set('known', { n: 7, cookie: {} });
      const visitor = (await bed.web({}, count)).visitor();
      visitor.jar.set(NAME, cookie);
      expect(await callsOf(async () => expect(await visitor.value()).toBe(1))).toEqual(['set']);
      expect(visitor.idOf()).not.toBe('known');
    });

    it('has no session on another path than that of the cookie', async () => {
      const web = await bed.web({ cookie: { path: '/admin' } }, (request) =>
        request.session === undefined ? 'none' : count(request),
      );
      const visitor = web.visitor();
      expect(await visitor.value('/')).toBe('none');
      expect((await visitor.get('/admin')).cookies[NAME]?.attributes).toMatchObject({ path: '/admin' });
      expect(await visitor.value('/admin/more')).toBe(2);
    });
  });

  describe('resave', () => {
    it.each([
      [false, ['get', 'touch']],
      [true, ['get', 'set']],
    ])('%s: a request that only looks is %j', async (resave, calls) => {
      const visitor = (await bed.web({ resave }, counting)).visitor();
      await visitor.value('/count');
      expect(await callsOf(() => visitor.value('/look'))).toEqual(calls);
      expect(await visitor.value('/look')).toBe(1);
    });

    it('false: a request that changes the session sets it', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      await visitor.value();
      expect(await callsOf(() => visitor.value())).toEqual(['get', 'set']);
    });

    it('false: what was saved in the request is not saved again at its end, but for what is changed after', async () => {
      const web = await bed.web({}, async (request) => {
        count(request);
        await called((callback) => request.session.save(callback));
        return request.path === '/more' ? count(request) : undefined;
      });
      const visitor = web.visitor();
      expect(await callsOf(() => visitor.value('/once'))).toEqual(['set']);
      expect(await callsOf(() => visitor.value('/once'))).toEqual(['get', 'set', 'touch']);
      expect(await callsOf(() => visitor.value('/more'))).toEqual(['get', 'set', 'set']);
      expect(await bed.stored(visitor.idOf())).toMatchObject({ n: 4 });
    });

    it('false: a slow request that only looks takes no change of another back', async () => {
      const [began, ends] = [deferred(), deferred()];
      const web = await bed.web(
        {},
        routes({
          '/count': count,
          '/slow': async (request) => {
            began.resolve();
            await ends.promise;
            return look(request);
          },
        }),
      );
      const visitor = web.visitor();
      await visitor.value('/count');
      const slow = visitor.value('/slow');
      await began.promise;
      expect(await visitor.value('/count')).toBe(2);
      ends.resolve();
      expect(await slow).toBe(1);
      expect(await visitor.value('/count')).toBe(3);
    });
  });

  describe('rolling', () => {
    it('false: the cookie comes again only where the session is changed and the cookie has an end', async () => {
      for (const maxAge of [undefined, 60_000]) {
        const visitor = (await bed.web({ cookie: { maxAge } }, counting)).visitor();
        expect((await visitor.get('/count')).cookies).toHaveProperty([NAME]);
        expect((await visitor.get('/look')).cookies).toEqual({});
        expect(NAME in (await visitor.get('/count')).cookies).toBe(maxAge !== undefined);
      }
    });

    it('true: the cookie comes each time, with a new end, and the session lives as long', async () => {
      const visitor = (await bed.web({ rolling: true, cookie: { maxAge: 600_000 } }, counting)).visitor();
      await visitor.value('/count');
      await bed.server.command('PEXPIRE', `dialog:session:${visitor.idOf()}`, 5_000);
      const { cookies } = await visitor.get('/look');
      expect(cookies[NAME]?.leftMs).toBeGreaterThan(590_000);
      expect(await bed.leftMs(visitor.idOf())).toBeGreaterThan(590_000);
    });

    it('true: nothing comes to who has no session', async () => {
      const web = await bed.web({ rolling: true }, look);
      expect((await web.visitor().get()).cookies).toEqual({});
    });
  });

  describe('unset', () => {
    const unsetting = routes({ '/count': count, '/unset': (request) => void (request.session = null as never) });

    it.each([
      ['destroy', null, 1],
      ['keep', { n: 1 }, 2],
    ] as const)('%s: a session that the handler takes away', async (unset, stored, next) => {
      const visitor = (await bed.web({ unset }, unsetting)).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      await visitor.value('/unset');
      const found = await bed.stored(id);
      expect(stored === null ? found : { n: found?.['n'] }).toEqual(stored);
      expect(await visitor.value('/count')).toBe(next);
    });
  });

  describe('genid', () => {
    it('makes the id, of the request', async () => {
      const genid = ({ headers }: { headers: object }): string => `of-${String(Object.entries(headers)[0]?.[0])}`;
      const visitor = (await bed.web({ genid }, count)).visitor();
      await visitor.value();
      expect(visitor.idOf()).toMatch(/^of-\w+/);
      expect(await bed.stored(visitor.idOf())).toMatchObject({ n: 1 });
      await bed.app.sessions.destroy(visitor.idOf());
    });

    it.each(['*', 'a?[b]{c}', 'with space', '../..', 'ünï😀', 'a:b%20', 'a\nb\0c', 'x'.repeat(1_000)])(
      'may make %p, which is data',
      async (id) => {
        const visitor = (await bed.web({ genid: () => id }, count)).visitor();
        expect(await visitor.value()).toBe(1);
        expect(visitor.idOf()).toBe(id);
        expect(await visitor.value()).toBe(2);
        expect(await bed.stored(id)).toMatchObject({ n: 2 });
      },
    );

    it.each(['', 'x'.repeat(2_000)])('that makes what is no id is told (%#)', async (id) => {
      const web = await bed.web({ genid: () => id }, count);
      await web.visitor().get();
      await eventually(() => web.errors.length > 0);
      expect(web.errors).toEqual([expect.objectContaining({ redisErrorKind: 'serialization' })]);
    });
  });

  describe('name and secret', () => {
    it('names the cookie', async () => {
      const visitor = (await bed.web({ name: 'sid' }, count)).visitor();
      await visitor.value();
      expect([...visitor.jar.keys()]).toEqual(['sid']);
      expect(await visitor.value()).toBe(2);
    });

    it('signs with the first of several secrets, and takes any', async () => {
      const [before, after] = [
        await bed.web({ secret: 'old' }, count),
        await bed.web({ secret: ['new', 'old'] }, count),
      ];
      const [old, fresh] = [before.visitor(), after.visitor()];
      await old.value();
      await fresh.value();
      const moved = after.visitor();
      for (const [name, value] of old.jar) moved.jar.set(name, value);
      expect(await moved.value()).toBe(2);
      expect(fresh.jar.get(NAME)).toBe(signed(fresh.idOf(), 'new'));
    });

    it('lets two middlewares share the store, each with sessions of its own', async () => {
      const web = await bed.webOf(count, { name: 'a', cookie: { path: '/a' } }, { name: 'b', cookie: { path: '/b' } });
      const visitor = web.visitor();
      expect(await Promise.all([visitor.value('/a'), visitor.value('/b')])).toEqual([1, 1]);
      expect([await visitor.value('/a'), await visitor.value('/a'), await visitor.value('/b')]).toEqual([2, 3, 2]);
      expect(visitor.idOf('a')).not.toBe(visitor.idOf('b'));
    });

    it('lets the second of two on one path leave the session to the first', async () => {
      const visitor = (await bed.webOf(count, { name: 'a' }, { name: 'b' })).visitor();
      expect([await visitor.value(), await visitor.value()]).toEqual([1, 2]);
      expect([...visitor.jar.keys()]).toEqual(['a']);
    });
  });
});
