import { expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { once } from './rotation-nodes.js';
import { SessionApp } from './session-app.js';

describeEachDriver('SessionStore with a tier of its user', (driver) => {
  /** A tier that may be out, or fail. */
  function unreliableTier() {
    const memory = memoryTier();
    const mode = { isAvailable: true, fails: false };
    const failing = (): Promise<never> => Promise.reject(new Error('the tier failed'));
    const tier = new Proxy(memory, {
      get: (target, property) => {
        if (property === 'name') return 'own';
        if (property === 'isAvailable') return mode.isAvailable;
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return mode.fails && property !== 'drain' ? failing : (value.bind(target) as unknown);
      },
    });
    return { tier, mode };
  }

  it('acknowledges nothing that neither Redis nor the tier took', async () => {
    const server = await RedisTestServer.start();
    const { tier, mode } = unreliableTier();
    const app = await SessionApp.start(driver, server, { session: { fallback: [tier] } });
    mode.fails = true;
    expect(await app.sessions.set('a', { n: 1 })).toBe(true);
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    await server.kill();
    await app.until({ tier: 'own' });
    await expect(app.sessions.set('a', { n: 2 })).rejects.toThrow('the tier failed');
    await expect(app.sessions.get('a')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    mode.isAvailable = false;
    const unavailable = { redisErrorKind: 'unavailable' };
    await expect(app.sessions.set('a', { n: 2 })).rejects.toMatchObject(unavailable);
    await expect(app.sessions.touch('a')).rejects.toMatchObject(unavailable);
    await expect(app.sessions.destroy('a')).rejects.toMatchObject(unavailable);
    expect(app.sessions.status().tier).toBe('none');
    mode.isAvailable = true;
    mode.fails = false;
    expect(await app.sessions.set('a', { n: 3 })).toBe(true);
    await server.restart();
    await app.until({ tier: 'redis', degraded: false });
    expect(await app.sessions.get('a')).toEqual({ n: 3 });
    await app.stop();
    await server.stop();
  });

  it('says so when Redis is off and the tier is out', async () => {
    const { tier, mode } = unreliableTier();
    const app = await SessionApp.start(driver, undefined, { session: { fallback: [tier] } });
    mode.isAvailable = false;
    await expect(app.sessions.set('a', {})).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    await expect(app.sessions.get('a')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    await expect(app.sessions.touch('a')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    await app.stop();
  });

  it('loses no change and no logout beside a rotation, also with a tier that cannot compare and put at once', async () => {
    const memory = memoryTier();
    const tier = new Proxy(memory, {
      get: (target, property) => {
        const value: unknown = property === 'putIf' ? undefined : Reflect.get(target, property, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const app = await SessionApp.start(driver, undefined, { session: { fallback: [tier] } });
    const { sessions } = app;
    await sessions.set('a', { n: 1 });
    once(app, 'end', () => sessions.set('a', { n: 2 }));
    const id = (await sessions.rotate('a')) ?? '-';
    for (const each of ['a', id]) expect(await sessions.get(each)).toEqual({ n: 2 });
    once(app, 'end', () => sessions.destroy(id));
    expect(await sessions.rotate(id)).toBeUndefined();
    expect(await sessions.length()).toBe(0);
    await app.stop();
  });
});
