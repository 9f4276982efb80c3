import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import type { SessionData } from 'express-session';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { BehaviourBed, keyOf } from './behaviour-bed.js';
import { called, count, routes } from './behaviour-web.js';
import type { Act } from './behaviour-web.js';

type Listed = SessionData & { readonly id: string };

describeEachDriver('express-session and its store', (driver) => {
  let bed: BehaviourBed;
  let run = 0;

  beforeAll(async () => void (bed = await BehaviourBed.start(driver)));
  beforeEach(async () => {
    run += 1;
    await bed.app.sessions.clear();
  });
  afterEach(() => bed.clean());
  afterAll(() => bed.stop());

  const all: Act = async ({ sessionStore }) => {
    const found = await called<Listed[]>((callback) => sessionStore.all?.(callback as never));
    return found.map((one) => `${one.id} ${one.n}`).toSorted();
  };
  const length: Act = ({ sessionStore }) => called<number>((callback) => sessionStore.length?.(callback));
  const clear: Act = ({ sessionStore }) => called((callback) => sessionStore.clear?.(callback));
  const serve = () => bed.web({}, routes({ '/count': count, '/all': all, '/length': length, '/clear': clear }));
  /** Another one in each test: what was destroyed stays so. */
  const id = (name: string): string => `${name}${run}`;
  const sessionOf = (n: number): SessionData => ({ n, cookie: { originalMaxAge: 60_000 } });
  const set = (key: string, data: SessionData): Promise<void> =>
    called((callback) => bed.store.set(key, data, callback));
  const get = (key: string): Promise<SessionData | null> => called((callback) => bed.store.get(key, callback as never));

  it('is what the request has', async () => {
    const web = await bed.web({}, ({ sessionStore }) => Object.is(sessionStore, bed.store));
    expect(await web.visitor().value()).toBe(true);
    expect(bed.store).toBeInstanceOf(session.Store);
  });

  describe('all, length and clear', () => {
    it('tell of every live session, by its id', async () => {
      const web = await serve();
      const visitors = [web.visitor(), web.visitor(), web.visitor()];
      expect(await web.visitor().value('/all')).toEqual([]);
      for (const visitor of visitors) await visitor.value('/count');
      await visitors[0]?.value('/count');
      const listed = visitors.map((visitor, at) => `${visitor.idOf()} ${at === 0 ? 2 : 1}`).toSorted();
      expect(await web.visitor().value('/all')).toEqual(listed);
      expect(await web.visitor().value('/length')).toBe(3);
    });

    it('pass over what was destroyed, has ended, or is no session', async () => {
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name, n) => set(id(name), sessionOf(n))));
      await called((callback) => bed.store.destroy(id('b'), callback));
      await bed.server.command('PEXPIRE', keyOf(id('c')), 1);
      await eventually(async () => (await bed.leftMs(id('c'))) < 0);
      await bed.spoil(id('d'));
      await bed.app.sessions.rotate(id('e'));
      const found = await called<SessionData[]>((callback) => bed.store.all(callback));
      expect(found.map(({ n }) => String(n)).toSorted()).toEqual(['0', '4']);
      expect(await called<number>((callback) => bed.store.length(callback))).toBe(2);
      await bed.server.command('DEL', keyOf(id('d')));
    });

    it('end them all, and a late save brings none back', async () => {
      const web = await serve();
      const visitor = web.visitor();
      await visitor.value('/count');
      const ended = visitor.idOf();
      await web.visitor().value('/clear');
      await set(ended, sessionOf(9));
      expect([await web.visitor().value('/length'), await bed.stored(ended)]).toEqual([0, null]);
      expect(await visitor.value('/count')).toBe(1);
    });

    it('give each session as get does, its id beside it, where JSON does not show it', async () => {
      const expires = new Date(Date.now() + 600_000);
      await set(id('a'), { n: 1, cookie: { originalMaxAge: 600_000, expires, path: '/' } });
      const [found] = await called<Listed[]>((callback) => bed.store.all(callback as never));
      expect(found).toEqual(await get(id('a')));
      expect(found?.cookie.expires).toBeInstanceOf(Date);
      expect([found?.id, JSON.stringify(found).includes('"id"')]).toEqual([id('a'), false]);
    });

    it('pass over a session whose cookie can be set by nobody', async () => {
      await bed.app.sessions.set('forged', { n: 1, cookie: { path: '/\r\nset-cookie: a=b' } });
      await bed.app.sessions.set('bare', { n: 2 });
      await set('sound', sessionOf(3));
      const found = await called<SessionData[]>((callback) => bed.store.all(callback));
      expect(found.map(({ n }) => n)).toEqual([3]);
    });
  });

  describe('load', () => {
    it('gives a session with its methods, outside any request', async () => {
      await set(id('a'), sessionOf(1));
      const loaded = await called<session.Session & SessionData>((callback) =>
        bed.store.load(id('a'), callback as never),
      );
      expect([loaded.id, loaded.n, loaded.cookie.originalMaxAge]).toEqual([id('a'), 1, 60_000]);
      loaded.n = 2;
      await called((callback) => loaded.save(callback));
      expect(await get(id('a'))).toMatchObject({ n: 2 });
      await called((callback) => loaded.destroy(callback));
      expect(await get(id('a'))).toBeNull();
    });

    it('gives nothing for none', async () => {
      expect(await called<SessionData>((callback) => bed.store.load('none', callback))).toBeUndefined();
    });
  });

  it('needs no callback anywhere', async () => {
    const none = undefined as never;
    bed.store.set(id('a'), sessionOf(1), none);
    await eventually(() => get(id('a')));
    for (const callback of [none, null as never]) {
      bed.store.get(id('a'), callback);
      bed.store.touch(id('a'), sessionOf(1), callback);
      bed.store.all(callback);
      bed.store.length(callback);
      bed.store.destroy('', callback);
      bed.store.destroy(id('a'), callback);
    }
    await eventually(async () => (await get(id('a'))) === null);
    await set(id('b'), sessionOf(1));
    bed.store.clear();
    await eventually(async () => (await get(id('b'))) === null);
  });

  it('keeps each of two changes of one session that are made one after the other', async () => {
    for (let n = 1; n <= 20; n += 1) await set(id('a'), sessionOf(n));
    expect(await get(id('a'))).toMatchObject({ n: 20 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => set(id('a'), sessionOf(n + 100))));
    expect(await get(id('a'))).toMatchObject({ n: 119 });
  });

  it('calls back after it has returned, and never within the call', async () => {
    let hasReturned = false;
    const said = called<boolean>((callback) => bed.store.get('none', () => callback(null, hasReturned)));
    hasReturned = true;
    expect(await said).toBe(true);
  });
});
