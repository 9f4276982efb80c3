import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { isRedisError } from '../../../lib/errors/redis.error.js';
import type { RedisOperationEvent } from '../../../lib/utils/redis-events.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';

const KEY = 'dialog:session:';
const COUNT = 40;
/** What one call takes, and what is left for the last. */
const CALLS = 3;

const idsOf = (name: string): string[] => Array.from({ length: COUNT }, (_, n) => `${name}${n}`);

/** What became of each call: what it gave, or the kind and the outcome of its error. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  return (await Promise.allSettled(calls)).map((settled) => {
    if (settled.status === 'fulfilled') return settled.value;
    const error: unknown = settled.reason;
    return isRedisError(error) ? `${error.redisErrorKind}, ${error.outcome}` : error;
  });
}

/** `wanted` for one of them, and `others` for the rest. */
const butOne = (at: number, wanted: unknown, others: unknown): unknown[] =>
  Array.from({ length: COUNT }, (_, n) => (n === at ? wanted : others));

describeEachDriver('the changes of sessions that one turn makes', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;

  const callsOfScripts = async (): Promise<number> => {
    const stats = String(await server.command('INFO', 'commandstats'));
    return Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
  };

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { session: { fallback: [] } });
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });
  beforeEach(() => server.command('FLUSHDB'));

  it('travel together, and each is made', async () => {
    const ids = idsOf('user');
    await app.sessions.set('first', { n: 0 });
    await app.sessions.touch('first');
    await app.sessions.destroy('first');
    const before = await callsOfScripts();
    expect(await outcomesOf(ids.map((id, n) => app.sessions.set(id, { n })))).toEqual(butOne(-1, undefined, true));
    expect(await callsOfScripts()).toBe(before + CALLS);
    const touches = ids.map((id) => app.sessions.touch(id, { ttlMs: 24 * 3_600_000 }));
    expect(await outcomesOf(touches)).toEqual(butOne(-1, undefined, true));
    expect(await callsOfScripts()).toBe(before + 2 * CALLS);
    for (const [n, id] of ids.entries()) {
      expect(await app.sessions.get(id)).toEqual({ n });
      expect(Number(await server.command('PTTL', KEY + id))).toBeGreaterThan(23 * 3_600_000);
    }
    await Promise.all(ids.map((id) => app.sessions.destroy(id)));
    expect(await Promise.all(ids.map((id) => app.sessions.set(id, { n: 1 })))).toEqual(butOne(-1, undefined, false));
  });

  it('fail one by one: a value of another type is an error for its own session', async () => {
    const ids = idsOf('type');
    await Promise.all(ids.map((id) => app.sessions.set(id, { n: 1 })));
    await server.command('DEL', `${KEY}type7`);
    await server.command('LPUSH', `${KEY}type7`, 'a list');
    const refused = butOne(7, 'wrong-type, rejected', true);
    expect(await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 2 })))).toEqual(refused);
    expect(await outcomesOf(ids.map((id) => app.sessions.touch(id, { ttlMs: 24 * 3_600_000 })))).toEqual(refused);
    expect(await app.sessions.get('type8')).toEqual({ n: 2 });
  });

  it('are told apart: gone, missing and new ones in one call', async () => {
    const ids = idsOf('mixed');
    await Promise.all(ids.map((id) => app.sessions.set(id, { n: 1 })));
    await app.sessions.destroy('mixed3');
    await server.command('DEL', `${KEY}mixed4`);
    const touched = await outcomesOf(ids.map((id) => app.sessions.touch(id)));
    expect(touched).toEqual(ids.map((id) => id !== 'mixed3' && id !== 'mixed4'));
    const set = await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 2 })));
    expect(set).toEqual(butOne(3, false, true));
  });

  it('are refused each for itself by a server without room, and made again when it has some', async () => {
    const ids = idsOf('room');
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    const refused = await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 1 })));
    await server.command('CONFIG', 'SET', 'maxmemory', 0);
    expect(refused).toEqual(butOne(-1, undefined, 'out-of-memory, rejected'));
    expect(await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 1 })))).toEqual(butOne(-1, undefined, true));
  });

  it('are made where the user may, and refused where not', async () => {
    const ids = idsOf('allowed');
    await server.command('ACL', 'SETUSER', server.user, 'resetkeys', `~${KEY}allowed[0-4]*`);
    const outcomes = await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 1 })));
    await server.command('ACL', 'SETUSER', server.user, 'allkeys');
    expect(outcomes).toEqual(ids.map((id) => (/^allowed[0-4]/.test(id) ? true : 'permission, rejected')));
  });

  it('are made by a server that forgot the scripts', async () => {
    await server.command('SCRIPT', 'FLUSH');
    const ids = idsOf('forgotten');
    expect(await outcomesOf(ids.map((id) => app.sessions.set(id, { n: 1 })))).toEqual(butOne(-1, undefined, true));
  });

  it('are an event each', async () => {
    const seen: RedisOperationEvent[] = [];
    const listen = (event: unknown): void => void seen.push(event as RedisOperationEvent);
    subscribe('nestjs-redis-hub:operation', listen);
    await Promise.all(idsOf('event').map((id) => app.sessions.set(id, { n: 1 })));
    unsubscribe('nestjs-redis-hub:operation', listen);
    expect(seen.map(({ operation, outcome }) => `${operation}: ${outcome}`)).toEqual(
      butOne(-1, undefined, 'session.set: ok'),
    );
  });

  it('each have their own deadline, after which their fate is unknown', async () => {
    await server.freeze();
    const outcomes = await outcomesOf(idsOf('frozen').map((id) => app.sessions.set(id, { n: 1 })));
    await server.thaw();
    await app.until({ tier: 'redis', degraded: false });
    expect(outcomes).toEqual(butOne(-1, undefined, 'command-timeout, unknown'));
  });
});
