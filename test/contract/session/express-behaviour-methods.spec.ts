import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionData } from 'express-session';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred } from '../../support/eventually.js';
import { BehaviourBed, keyOf } from './behaviour-bed.js';
import { called, count, look, routes } from './behaviour-web.js';
import type { Act } from './behaviour-web.js';

const NAME = 'connect.sid';

const destroy: Act = ({ session }) => called((callback) => session.destroy(callback));
const regenerate: Act = ({ session }) => called((callback) => session.regenerate(callback));
const login: Act = async (request) => {
  await called((callback) => request.session.regenerate(callback));
  request.session.user = 'ada';
};
const whoami: Act = ({ session }) => session.user ?? 'nobody';
const ACTS = { '/count': count, '/look': look, '/destroy': destroy, '/regenerate': regenerate, '/login': login };
const acting = (more: Readonly<Record<string, Act>> = {}): Act => routes({ ...ACTS, '/whoami': whoami, ...more });

describeEachDriver('express-session and the methods of a session', (driver) => {
  let bed: BehaviourBed;

  beforeAll(async () => void (bed = await BehaviourBed.start(driver)));
  afterEach(() => bed.clean());
  afterAll(() => bed.stop());

  describe('destroy', () => {
    it('ends the session, takes it from the request, and gives no error', async () => {
      const ending: Act = async (request) => [(await destroy(request)) ?? null, request.session === undefined];
      const visitor = (await bed.web({}, acting({ '/end': ending }))).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      const { value, cookies } = await visitor.get('/end');
      expect([value, cookies]).toEqual([[null, true], {}]);
      expect(await bed.stored(id)).toBeNull();
      expect(await visitor.value('/look')).toBeNull();
    });

    it('needs no callback', async () => {
      const visitor = (
        await bed.web({}, acting({ '/end': ({ session }) => void session.destroy(undefined as never) }))
      ).visitor();
      await visitor.value('/count');
      await visitor.value('/end');
      // behind the first on the same socket
      expect(await visitor.value('/look')).toBeNull();
    });

    it('twice is as good as once', async () => {
      const twice: Act = async ({ session }) => {
        await called((callback) => session.destroy(callback));
        await called((callback) => session.destroy(callback));
      };
      const visitor = (await bed.web({}, acting({ '/twice': twice }))).visitor();
      await visitor.value('/count');
      await visitor.value('/twice');
      expect(await visitor.value('/count')).toBe(1);
    });

    it('gives the next request a new session under a new id', async () => {
      const visitor = (await bed.web({}, acting())).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      await visitor.value('/destroy');
      expect(await visitor.value('/count')).toBe(1);
      expect(visitor.idOf()).not.toBe(id);
    });

    it('holds against a save in the same request, which gives no error', async () => {
      const saving: Act = async ({ session }) => {
        await called((callback) => session.destroy(callback));
        session.n = 99;
        return (await called((callback) => session.save(callback))) ?? 'no error';
      };
      const visitor = (await bed.web({}, acting({ '/end': saving }))).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      expect(await visitor.value('/end')).toBe('no error');
      expect(await bed.stored(id)).toBeNull();
      expect(await visitor.value('/look')).toBeNull();
    });

    it.each(['changes the session', 'only looks'])('holds against a slow request that %s', async (what) => {
      const [began, ends] = [deferred(), deferred()];
      const slow: Act = async (request) => {
        began.resolve();
        await ends.promise;
        return what === 'only looks' ? look(request) : count(request);
      };
      const visitor = (await bed.web({}, acting({ '/slow': slow }))).visitor();
      await visitor.value('/count');
      const slowly = visitor.copy().value('/slow');
      await began.promise;
      await visitor.value('/destroy');
      ends.resolve();
      await slowly;
      expect(await bed.stored(visitor.idOf())).toBeNull();
      expect(await visitor.value('/look')).toBeNull();
    });

    it('can be followed by a new session in the same request', async () => {
      const anew: Act = async (request) => {
        await destroy(request);
        request.sessionStore.generate(request);
        return count(request);
      };
      const visitor = (await bed.web({}, acting({ '/anew': anew }))).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      expect(await visitor.value('/anew')).toBe(1);
      expect(visitor.idOf()).not.toBe(id);
      expect(await visitor.value('/count')).toBe(2);
    });
  });

  describe('regenerate', () => {
    it('gives a session without data, under a new id, with its cookie', async () => {
      const visitor = (await bed.web({}, acting())).visitor();
      await visitor.value('/count');
      const id = visitor.idOf();
      const { cookies } = await visitor.get('/login');
      expect(cookies).toHaveProperty([NAME]);
      expect(visitor.idOf()).not.toBe(id);
      expect([await visitor.value('/whoami'), await visitor.value('/look')]).toEqual(['ada', null]);
    });

    it('leaves nothing under the old id but that it is gone: no pointer to the new one', async () => {
      const visitor = (await bed.web({}, acting())).visitor();
      await visitor.value('/count');
      const old = visitor.copy();
      const keys = async (): Promise<string[]> => (await bed.server.command('KEYS', '*')) as string[];
      const before = await keys();
      await visitor.value('/login');
      expect((await keys()).filter((key) => !before.includes(key))).toEqual([keyOf(visitor.idOf())]);
      expect(await bed.stored(old.idOf())).toBeNull();
      expect(await old.copy().value('/whoami')).toBe('nobody');
    });

    it('keeps whoever planted an id before the login out of what is logged in', async () => {
      const web = await bed.web({}, acting());
      const attacker = web.visitor();
      await attacker.value('/count');
      const victim = attacker.copy();
      const planted = attacker.copy();
      await victim.value('/login');
      expect(await victim.value('/whoami')).toBe('ada');
      expect(await planted.value('/whoami')).toBe('nobody');
      expect(await planted.value('/count')).toBe(1);
      expect(planted.idOf()).not.toBe(victim.idOf());
      expect(await victim.value('/whoami')).toBe('ada');
    });

    it('lets the old id save nothing, as a request under way would', async () => {
      const [began, ends] = [deferred(), deferred()];
      const slow: Act = async (request) => {
        began.resolve();
        await ends.promise;
        request.session.user = 'eve';
      };
      const visitor = (await bed.web({}, acting({ '/slow': slow }))).visitor();
      await visitor.value('/count');
      const old = visitor.copy();
      const slowly = old.copy().value('/slow');
      await began.promise;
      await visitor.value('/login');
      ends.resolve();
      await slowly;
      expect([await visitor.value('/whoami'), await old.value('/whoami')]).toEqual(['ada', 'nobody']);
    });

    it('takes along what the application takes along', async () => {
      const moving: Act = async (request) => {
        const { n } = request.session;
        await regenerate(request);
        request.session.n = n;
        await called((callback) => request.session.save(callback));
        return count(request);
      };
      const visitor = (await bed.web({}, acting({ '/move': moving }))).visitor();
      await visitor.value('/count');
      expect([await visitor.value('/move'), await visitor.value('/count')]).toEqual([2, 3]);
    });

    it('is as good for a visitor without a session', async () => {
      const visitor = (await bed.web({}, acting())).visitor();
      await visitor.value('/login');
      expect(await visitor.value('/whoami')).toBe('ada');
    });

    it('twice at once leaves two sessions that know nothing of each other', async () => {
      const web = await bed.web({}, acting());
      const one = web.visitor();
      await one.value('/count');
      const other = one.copy();
      await Promise.all([one.value('/login'), other.value('/login')]);
      expect(one.idOf()).not.toBe(other.idOf());
      await one.value('/destroy');
      expect([await one.value('/whoami'), await other.value('/whoami')]).toEqual(['nobody', 'ada']);
    });

    it('makes the cookie anew', async () => {
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, acting())).visitor();
      await visitor.value('/login');
      expect(await bed.leftMs(visitor.idOf())).toBeGreaterThan(50_000);
    });
  });

  describe('reload', () => {
    const reload: Act = ({ session }) => called((callback) => session.reload(callback));

    it('gives what another request stored, and drops what was not saved', async () => {
      const reloading: Act = async (request) => {
        request.session.text = 'not saved';
        await bed.app.sessions.update<SessionData>(request.sessionID, (stored) => ({ ...stored, n: 41 }));
        await reload(request);
        return [request.session.text ?? null, count(request)];
      };
      const visitor = (await bed.web({}, acting({ '/reload': reloading }))).visitor();
      await visitor.value('/count');
      expect(await visitor.value('/reload')).toEqual([null, 42]);
      expect(await visitor.value('/look')).toBe(42);
    });

    it('moves the end of the cookie no further than it is', async () => {
      const ends: Act = async (request) => {
        const before = request.session.cookie.expires?.getTime();
        await reload(request);
        return [before, request.session.cookie.expires?.getTime()];
      };
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, acting({ '/ends': ends }))).visitor();
      await visitor.value('/count');
      const [before, after] = (await visitor.value('/ends')) as number[];
      expect(after).toBe(before);
    });

    it('is an error for a session that was destroyed meanwhile, and makes none', async () => {
      const reloading: Act = async (request) => {
        await bed.app.sessions.destroy(request.sessionID);
        return called((callback) => request.session.reload(callback)).catch((error: Error) => error.message);
      };
      const visitor = (await bed.web({}, acting({ '/reload': reloading }))).visitor();
      await visitor.value('/count');
      expect(await visitor.value('/reload')).toBe('failed to load session');
      expect(await bed.stored(visitor.idOf())).toBeNull();
    });
  });

  describe('save', () => {
    it('is done when its callback is called', async () => {
      const saving: Act = async (request) => {
        count(request);
        await called((callback) => request.session.save(callback));
        return (await bed.stored(request.sessionID))?.['n'];
      };
      expect(await (await bed.web({}, saving)).visitor().value()).toBe(1);
    });

    it('needs no callback', async () => {
      const saving: Act = (request) => {
        const n = count(request);
        request.session.save();
        return n;
      };
      const visitor = (await bed.web({}, saving)).visitor();
      expect([await visitor.value(), await visitor.value(), await visitor.value()]).toEqual([1, 2, 3]);
    });

    it('gives the error of the store, and leaves what was stored', async () => {
      const tooLarge: Act = ({ session }) => {
        session.text = 'x'.repeat(2_000_000);
        return called((callback) => session.save(callback)).catch(async (error: unknown) => {
          await called((callback) => session.reload(callback));
          return (error as { redisErrorKind?: string }).redisErrorKind;
        });
      };
      const visitor = (await bed.web({}, acting({ '/large': tooLarge }))).visitor();
      await visitor.value('/count');
      expect(await visitor.value('/large')).toBe('serialization');
      expect(await visitor.value('/count')).toBe(2);
    });

    it('is over before the answer is: a request after the answer finds the change', async () => {
      const visitor = (await bed.web({}, count)).visitor();
      for (let n = 1; n <= 15; n += 1) expect(await visitor.value()).toBe(n);
    });

    it('of many requests at once leaves one of them, whole', async () => {
      const writing: Act = ({ session, query }) =>
        void Object.assign(session, { n: Number(query['n']), text: query['n'] });
      const visitor = (await bed.web({}, acting({ '/write': writing }))).visitor();
      await visitor.value('/count');
      await Promise.all(Array.from({ length: 20 }, (_, n) => visitor.copy().value(`/write?n=${n}`)));
      const stored = await bed.stored(visitor.idOf());
      expect(stored?.['text']).toBe(String(stored?.['n']));
      expect(await visitor.value('/look')).toBe(stored?.['n']);
    });

    it('of one after the other leaves the last', async () => {
      const saving: Act = async ({ session }) => {
        const saves = [1, 2, 3, 4, 5].map((n) => {
          session.n = n;
          return called((callback) => session.save(callback));
        });
        await Promise.all(saves);
      };
      const visitor = (await bed.web({}, acting({ '/saves': saving }))).visitor();
      await visitor.value('/saves');
      expect(await visitor.value('/look')).toBe(5);
    });
  });

  describe('touch', () => {
    it('sets the age back to what it was', async () => {
      const touching: Act = ({ session }) => {
        session.cookie.expires = new Date(Date.now() + 1_000);
        session.cookie.originalMaxAge = 60_000;
        return session.touch().cookie.maxAge;
      };
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, touching)).visitor();
      expect(Number(await visitor.value())).toBeGreaterThan(50_000);
    });

    it('of the store lengthens a session and never shortens it', async () => {
      const visitor = (await bed.web({ cookie: { maxAge: 60_000 } }, acting())).visitor();
      await visitor.value('/count');
      await bed.server.command('PEXPIRE', keyOf(visitor.idOf()), 500_000);
      await visitor.value('/look');
      expect(await bed.leftMs(visitor.idOf())).toBeGreaterThan(400_000);
    });

    it('of the store makes no session', async () => {
      const vanishing: Act = async ({ sessionID }) => void (await bed.server.command('DEL', keyOf(sessionID)));
      const visitor = (await bed.web({}, acting({ '/vanish': vanishing }))).visitor();
      await visitor.value('/count');
      await visitor.value('/vanish');
      expect(await bed.stored(visitor.idOf())).toBeUndefined();
      expect(await visitor.value('/look')).toBeNull();
    });
  });
});
