import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import type { SessionModuleOptions } from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';

/** Sessions that are written at a time, where there are many. */
const AT_ONCE = 16;
const WELL = { tier: 'redis', degraded: false };
const userOf: SessionModuleOptions['userOf'] = ({ user }) => (typeof user === 'string' ? user : undefined);
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

describeEachDriver('SessionStore, beyond get and set', (driver) => {
  let redis: RedisTestServer;
  let postgres: PostgresTestServer;
  let tables = 0;

  const node = async (options: Partial<SessionModuleOptions> = {}): Promise<SessionApp> => {
    const table = `face_${(tables += 1)}`;
    const fallback = [postgresTier({ connectionString: postgres.url, table }), memoryTier()];
    return SessionApp.start(driver, redis, { session: { userOf, fallback, ...options } });
  };

  beforeAll(async () => {
    postgres = await PostgresTestServer.start();
  });
  afterAll(() => postgres.stop());

  /** One node for all; each case has ids and users of its own. */
  describe.each(['well', 'out'])('with Redis %s', (situation) => {
    let app: SessionApp;

    beforeAll(async () => {
      redis = await RedisTestServer.start();
      app = await node();
      await app.until(WELL);
      if (situation === 'well') return;
      await redis.kill();
      await app.until({ tier: 'postgres' });
    });
    afterAll(async () => {
      if (situation === 'out') await redis.restart();
      await app.until(WELL);
      await app.stop();
      await redis.stop();
    });

    it('update loses no change of many at once', async () => {
      await app.sessions.set('many', { n: 0 }, { ttlMs: 60_000 });
      const add = (): Promise<unknown> =>
        app.sessions.update<{ n: number }>('many', async ({ n }) => {
          await new Promise((resolve) => setImmediate(resolve));
          return { n: n + 1 };
        });
      const results = await Promise.allSettled(Array.from({ length: 20 }, add));
      const done = results.filter(({ status }) => status === 'fulfilled').length;
      expect(done).toBeGreaterThan(0);
      expect(await app.sessions.get('many')).toEqual({ n: done });
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ redisErrorKind: 'busy' });
      }
      const left = ((await app.sessions.getWithExpiry('many'))?.expiresAt ?? 0) - Date.now();
      expect(left).toBeGreaterThan(20_000);
      expect(left).toBeLessThanOrEqual(60_000);
    });

    it('update calls nobody for a session that is none, and creates none', async () => {
      let calls = 0;
      const change = (): object => ({ calls: (calls += 1) });
      expect(await app.sessions.update('none', change)).toBeUndefined();
      await app.sessions.set('ended', { n: 1 });
      await app.sessions.destroy('ended');
      expect(await app.sessions.update('ended', change)).toBeUndefined();
      expect(calls).toBe(0);
    });

    it('update stores the copy that was changed in place, and gives it', async () => {
      await app.sessions.set('in place', { n: 1 });
      const given = await app.sessions.update<{ n: number }>('in place', (session) => {
        session.n = 2;
      });
      expect(given).toEqual({ n: 2 });
      expect(await app.sessions.get('in place')).toEqual({ n: 2 });
    });

    it('rotation leaves nothing under the old id but the way to the new one', async () => {
      await app.sessions.set('old', { user: 'ann', n: 1 });
      const id = (await app.sessions.rotate('old')) ?? '';
      expect(id).toMatch(/^[\w-]{32}$/);
      expect(await app.sessions.get(id)).toEqual({ user: 'ann', n: 1 });
      expect(await app.sessions.get('old')).toEqual({ user: 'ann', n: 1 });
      expect(await app.sessions.set('old', { user: 'eve' })).toBe(false);
      expect(await app.sessions.touch('old')).toBe(true);
      expect((await app.sessions.findByUser('ann')).map((session) => session.id)).toEqual([id]);
      await app.sessions.destroy('old');
      expect(await app.sessions.get(id)).toBeUndefined();
      expect(await app.sessions.rotate('none')).toBeUndefined();
    });

    it('finds the sessions of a user, and ends them all', async () => {
      await app.sessions.set('a1', { user: 'ann:*', n: 1 });
      await app.sessions.set('a2', { user: 'ann:*', n: 2 });
      await app.sessions.set('moved', { user: 'ann:*' });
      await app.sessions.set('moved', { user: 'bob' });
      await app.sessions.set('expired', { user: 'ann:*' }, { ttlMs: 1 });
      await app.sessions.set('nobody', { n: 3 });
      await app.sessions.destroy('a2');
      await app.sessions.set('a3', { user: 'ann:*', n: 3 });
      const found = await eventually(async () => {
        const all = await app.sessions.findByUser('ann:*');
        return all.length === 2 && all;
      });
      expect(found.toSorted(byId)).toMatchObject([
        { id: 'a1', data: { n: 1 }, expiresAt: expect.any(Number) },
        { id: 'a3', data: { n: 3 } },
      ]);
      expect(await app.sessions.destroyByUser('ann:*')).toBe(2);
      expect(await app.sessions.findByUser('ann:*')).toEqual([]);
      expect(await app.sessions.get('a1')).toBeUndefined();
      expect(await app.sessions.get('moved')).toEqual({ user: 'bob' });
      expect(await app.sessions.destroyByUser('nobody knows')).toBe(0);
    });

    it('lists, counts and clears live sessions, glob characters and all', async () => {
      await app.sessions.clear();
      const ids = ['a', '*', 'x[1]?', 'é', 'new\nline', ...Array.from({ length: 250 }, (_, n) => `n${n}`)];
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => app.sessions.set(id, { id })));
      }
      await app.sessions.set('gone', { n: 0 });
      await app.sessions.destroy('gone');
      await app.sessions.rotate('a');
      const seen: string[] = [];
      for await (const id of app.sessions.ids()) seen.push(id);
      expect(seen).toHaveLength(ids.length);
      expect(seen).toEqual(expect.arrayContaining(ids.slice(1)));
      expect(await app.sessions.length()).toBe(ids.length);
      expect(await app.sessions.all()).toHaveLength(ids.length);
      await app.sessions.clear();
      expect(await app.sessions.length()).toBe(0);
      expect(await app.sessions.get('*')).toBeUndefined();
    });

    if (situation === 'out') return;

    it('keeps a session that was only touched in the index of its user', async () => {
      await app.sessions.set('touched', { user: 'kim' }, { ttlMs: 500 });
      await app.sessions.touch('touched', { ttlMs: 3_600_000 });
      expect(Number(await redis.command('PTTL', 'dialog:session:%user:kim'))).toBeGreaterThan(3_500_000);
      expect(await app.sessions.findByUser('kim')).toHaveLength(1);
    });

    it('leaves a corrupt session out of the list, and lists the others', async () => {
      await app.sessions.clear();
      await app.sessions.set('sound', { n: 1 });
      await redis.command('SET', 'dialog:session:foreign', 'what is this');
      await redis.command('LPUSH', 'dialog:session:list', 'x');
      expect(await app.sessions.all()).toMatchObject([{ id: 'sound', data: { n: 1 } }]);
      await redis.command('DEL', 'dialog:session:foreign', 'dialog:session:list');
    });
  });

  describe('as Redis goes', () => {
    let app: SessionApp | undefined;

    beforeEach(async () => {
      redis = await RedisTestServer.start();
    });
    afterEach(async () => {
      await app?.stop();
      await redis.stop();
    });

    it('finds the sessions of a user in a Redis that came back empty', async () => {
      app = await node();
      await app.until(WELL);
      await app.sessions.set('a1', { user: 'ann' });
      await redis.restart();
      await app.until(WELL);
      await redis.command('DEL', 'dialog:session:a1');
      expect(Number(await redis.command('ZCARD', 'dialog:session:%user:ann'))).toBe(1);
      expect(await app.sessions.findByUser('ann')).toEqual([]);
      expect(Number(await redis.command('EXISTS', 'dialog:session:%user:ann'))).toBe(0);
    });

    it('does not say that all sessions of a user ended where it cannot know', async () => {
      app = await node({ fallback: [memoryTier()] });
      await app.sessions.set('a', { user: 'ann' });
      await redis.kill();
      await app.until({ tier: 'memory' });
      await expect(app.sessions.destroyByUser('ann')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
      expect(await app.sessions.get('a')).toBeUndefined();
    });

    it('writes with the serializer that was given, in every tier', async () => {
      const serializer = {
        stringify: (data: object) => `!${Buffer.from(JSON.stringify(data)).toString('base64')}`,
        parse: (text: string) => JSON.parse(Buffer.from(text.slice(1), 'base64').toString()) as unknown,
      };
      app = await node({ serializer });
      await app.sessions.set('a', { user: 'ann', n: 1 });
      expect(await app.sessions.get('a')).toEqual({ user: 'ann', n: 1 });
      expect(await app.sessions.findByUser('ann')).toHaveLength(1);
      await redis.kill();
      expect(await app.sessions.get('a')).toEqual({ user: 'ann', n: 1 });
    });
  });
});
