import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';
import { SessionLoad } from './session-load.js';

const WELL = { tier: 'redis', degraded: false };

describeEachDriver('SessionStore in an outage', (driver) => {
  let sentinel: ProcessSentinel;
  let server: RedisTestServer;
  let app: SessionApp;

  const start = async (options: Parameters<typeof RedisTestServer.start>[0] = {}): Promise<void> => {
    server = await RedisTestServer.start(options);
    app = await SessionApp.start(driver, server);
  };
  /** What Redis itself holds, seen by a node that knows nothing. */
  const freshNode = (): Promise<SessionApp> => SessionApp.start(driver, server);

  beforeEach(() => {
    sentinel = ProcessSentinel.start();
  });
  afterEach(async () => {
    await app.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });

  async function loadThrough(fault: (load: SessionLoad) => Promise<void>): Promise<SessionLoad> {
    const load = new SessionLoad(app.sessions, 10, 'load');
    await load.untilAcknowledged(300);
    await fault(load);
    await load.untilAcknowledged(100);
    await load.stop();
    await app.until(WELL);
    return load;
  }

  async function expectNothingLost(load: SessionLoad): Promise<void> {
    expect(load.faults).toEqual([]);
    expect(load.failures).toEqual([]);
    expect(load.slowestMs).toBeLessThan(1_500);
    expect(app.sessions.status().dirty).toBe(0);
    expect(await load.compareWith(app.sessions)).toEqual([]);
    expect(await load.compareWith((await freshNode()).sessions)).toEqual([]);
  }

  it('loses nothing and revives nothing when Redis is killed under load and returns with its data', async () => {
    await start({ appendonly: true });
    const load = await loadThrough(async () => {
      await server.kill();
      await app.until({ tier: 'memory', degraded: true });
      await server.restart();
    });
    await expectNothingLost(load);
  });

  it('loses nothing of what it knows when Redis returns empty', async () => {
    await start();
    const load = await loadThrough(() => server.restart());
    await expectNothingLost(load);
  });

  it('loses nothing when Redis is frozen under load and goes on', async () => {
    await start();
    const load = await loadThrough(async (running) => {
      await server.freeze();
      await app.until({ tier: 'memory', degraded: true });
      await running.untilAcknowledged(100);
      await server.thaw();
    });
    await expectNothingLost(load);
  });

  it('answers with its own newer change when Redis returns with old data', async () => {
    await start();
    await app.sessions.set('rolled-back', { n: 1 });
    await app.sessions.set('logged-out', { n: 1 });
    await server.command('SAVE');
    await app.sessions.set('rolled-back', { n: 2 });
    await app.sessions.destroy('logged-out');
    await server.restart();
    await app.until(WELL);
    expect(await storedData(server, 'dialog:session:rolled-back')).toBe('{"n":2}');
    expect(await storedData(server, 'dialog:session:logged-out')).toBe('');
    expect(await app.sessions.get('rolled-back')).toEqual({ n: 2 });
    expect(await (await freshNode()).sessions.get('logged-out')).toBeUndefined();
  });

  it('is not misled by a write that timed out and was applied later', async () => {
    await start();
    await app.sessions.set('a', { n: 0 });
    await app.sessions.set('b', { n: 0 });
    await server.freeze();
    const late = [app.sessions.set('a', { n: 1 }), app.sessions.set('b', { n: 1 })];
    expect(await Promise.all(late)).toEqual([true, true]);
    expect(await app.sessions.set('a', { n: 2 })).toBe(true);
    await app.sessions.destroy('b');
    expect(await app.sessions.set('b', { n: 3 })).toBe(false);
    expect(await app.sessions.get('a')).toEqual({ n: 2 });
    expect(await app.sessions.get('b')).toBeUndefined();
    await server.thaw();
    await app.until(WELL);
    expect(await app.sessions.get('a')).toEqual({ n: 2 });
    const fresh = await freshNode();
    expect(await fresh.sessions.get('a')).toEqual({ n: 2 });
    expect(await fresh.sessions.get('b')).toBeUndefined();
    expect(await fresh.sessions.set('b', { n: 4 })).toBe(false);
  });

  it('never says "not found" of a session that only Redis can know', async () => {
    await start({ appendonly: true });
    const other = await freshNode();
    await other.sessions.set('elsewhere', { n: 1 });
    await app.sessions.set('mine', { n: 1 });
    await app.sessions.set('left', { n: 1 });
    await app.sessions.destroy('left');
    await server.kill();
    await app.until({ tier: 'memory' });
    const unavailable = { redisErrorKind: 'unavailable', message: expect.not.stringContaining('elsewhere') };
    await expect(app.sessions.get('elsewhere')).rejects.toMatchObject(unavailable);
    await expect(app.sessions.touch('elsewhere')).rejects.toMatchObject(unavailable);
    expect(await app.sessions.get('mine')).toEqual({ n: 1 });
    expect(await app.sessions.touch('mine')).toBe(true);
    expect(await app.sessions.get('left')).toBeUndefined();
    expect(await app.sessions.touch('left')).toBe(false);
    await server.restart();
    await app.until(WELL);
    expect(await app.sessions.get('elsewhere')).toEqual({ n: 1 });
  });

  it('keeps a session destroyed in an outage destroyed on the other nodes', async () => {
    await start({ appendonly: true });
    const other = await freshNode();
    await app.sessions.set('shared', { n: 1 });
    await other.sessions.get('shared');
    await server.kill();
    await app.until({ tier: 'memory' });
    await other.until({ tier: 'memory' });
    await app.sessions.destroy('shared');
    await other.sessions.set('shared', { n: 2 });
    await server.restart();
    await Promise.all([app.until(WELL), other.until(WELL)]);
    expect(await app.sessions.get('shared')).toBeUndefined();
    expect(await other.sessions.get('shared')).toBeUndefined();
    expect(other.sessions.status().dirty).toBe(0);
  });
});
