import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Cookie, SessionData } from 'express-session';
import { ExpressSessionStore } from '../../../lib/session/express.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { patient } from './behaviour-bed.js';
import { SessionApp } from './session-app.js';

/** What a busy machine may lose between two looks at the clock. */
const SLACK_MS = 5_000;

/** As the middleware makes one. */
function sessionWith(expires: Date | string | null, fields: object = {}): SessionData {
  const originalMaxAge = expires === null ? null : new Date(expires).getTime() - Date.now();
  return { cookie: { originalMaxAge, expires, path: '/', httpOnly: true } as Cookie, ...fields };
}

const inMs = (ms: number): Date => new Date(Date.now() + ms);

describeEachDriver('ExpressSessionStore', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;
  let store: ExpressSessionStore;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { redis: patient(), session: { ttlMs: 50_000 } });
    store = app.module.get(ExpressSessionStore);
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  const get = (id: string) =>
    new Promise<SessionData | null | undefined>((resolve, reject) => {
      store.get(id, (error, data) => (error ? reject(error) : resolve(data)));
    });
  const run = (method: 'set' | 'touch', id: string, data: SessionData) =>
    new Promise<unknown>((resolve) => store[method](id, data, resolve));
  const destroy = (id: string) => new Promise<unknown>((resolve) => store.destroy(id, resolve));
  const pttl = async (id: string): Promise<number> => Number(await server.command('PTTL', `dialog:session:${id}`));

  it('gives null for a session that is not there', async () => {
    expect(await get('none')).toBeNull();
  });

  it('gives a session back, its expiry as a Date', async () => {
    const expires = inMs(60_000);
    expect(await run('set', 'dates', sessionWith(expires, { user: 'ada' }))).toBeNull();
    const found = await get('dates');
    expect(found).toMatchObject({ user: 'ada', cookie: { path: '/', httpOnly: true } });
    expect(found?.cookie.expires).toBeInstanceOf(Date);
    expect(Math.abs(found!.cookie.expires!.getTime() - expires.getTime())).toBeLessThan(SLACK_MS);
  });

  it.each<[string, () => SessionData, number]>([
    ['as long as the cookie says', () => sessionWith(inMs(90_000)), 90_000],
    ['as long as the cookie says in text', () => sessionWith(inMs(90_000).toISOString()), 90_000],
    ['as long as the module says where the cookie is of the browser session', () => sessionWith(null), 50_000],
    ['as long as originalMaxAge says where no end is named', () => ({ cookie: { originalMaxAge: 70_000 } }), 70_000],
    ['as long as the module says where there is no cookie', () => ({}) as SessionData, 50_000],
    ['as long as the module says where the end is no date', () => sessionWith(new Date(Number.NaN)), 50_000],
  ])('keeps a session %s', async (what, make, ttlMs) => {
    const id = encodeURIComponent(what).replaceAll('%20', '-');
    await run('set', id, make());
    expect(Math.abs((await pttl(id)) - ttlMs)).toBeLessThan(SLACK_MS);
  });

  it('bounds a cookie that never ends', async () => {
    expect(await run('set', 'forever', sessionWith(new Date(8.64e15)))).toBeNull();
    expect(await get('forever')).not.toBeNull();
  });

  it('ends a session after 5 ms', async () => {
    await run('set', 'brief', sessionWith(inMs(5)));
    await eventually(async () => (await get('brief')) === null);
  });

  it('destroys a session whose cookie has expired', async () => {
    await run('set', 'over', sessionWith(inMs(60_000)));
    await run('set', 'over', sessionWith(inMs(-1)));
    expect(await get('over')).toBeNull();
  });

  it('stores the new end at a touch, and nothing else', async () => {
    await run('set', 'touched', sessionWith(inMs(20_000), { user: 'ada' }));
    const expires = inMs(80_000);
    expect(await run('touch', 'touched', sessionWith(expires, { user: 'eve' }))).toBeNull();
    const found = await get('touched');
    expect(found).toMatchObject({ user: 'ada' });
    expect(Math.abs(found!.cookie.expires!.getTime() - expires.getTime())).toBeLessThan(SLACK_MS);
    expect(await pttl('touched')).toBeGreaterThan(80_000 - SLACK_MS);
    expect(await run('touch', 'none', sessionWith(expires))).toBeNull();
    expect(await get('none')).toBeNull();
  });

  it('does not save what was destroyed', async () => {
    await run('set', 'gone', sessionWith(inMs(60_000)));
    expect(await destroy('gone')).toBeNull();
    expect(await run('set', 'gone', sessionWith(inMs(60_000)))).toBeNull();
    expect(await get('gone')).toBeNull();
  });

  it('gives errors to the callback, once', async () => {
    const callback = jest.fn();
    store.get('', callback);
    store.set('bad', { cookie: {} as Cookie, n: 1n } as unknown as SessionData, callback);
    store.destroy('', callback);
    store.touch('', sessionWith(null), callback);
    await eventually(() => callback.mock.calls.length === 4);
    for (const [error] of callback.mock.calls) expect(error).toMatchObject({ redisErrorKind: 'serialization' });
    await get('none');
    expect(callback).toHaveBeenCalledTimes(4);
  });

  it('works without callbacks', async () => {
    store.set('silent', sessionWith(inMs(60_000)));
    await eventually(() => get('silent'));
    store.touch('silent', sessionWith(inMs(60_000)));
    store.destroy('silent');
    store.destroy('');
    await eventually(async () => (await get('silent')) === null);
  });

  it('lets an exception of the callback be one, and calls it no second time', async () => {
    const thrown = deferred<unknown>();
    const restore = takeUncaught((error) => thrown.resolve(error));
    try {
      const callback = jest.fn(() => {
        throw new Error('from the callback');
      });
      store.get('none', callback);
      expect(await thrown.promise).toMatchObject({ message: 'from the callback' });
      await get('none');
      expect(callback).toHaveBeenCalledTimes(1);
    } finally {
      restore();
    }
  });
});

/** Jest takes an uncaught exception for a failure of the test; here it is what the test is about. */
function takeUncaught(listener: (error: unknown) => void): () => void {
  const real = (globalThis as unknown as Record<symbol, NodeJS.Process>)[Symbol.for('hub.test.process')]!;
  const others = real.listeners('uncaughtException');
  real.removeAllListeners('uncaughtException');
  real.on('uncaughtException', listener);
  return () => {
    real.removeAllListeners('uncaughtException');
    for (const other of others) real.on('uncaughtException', other);
  };
}
