import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false };

describeEachDriver('SessionStore after an outage', (driver) => {
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

  it('replays new sessions, later ends and shorter ones', async () => {
    await start({ appendonly: true });
    await app.sessions.set('longer', { n: 1 }, { ttlMs: 60_000 });
    await app.sessions.set('shorter', { n: 1 }, { ttlMs: 60_000 });
    await app.sessions.set('ended', { n: 1 }, { ttlMs: 60_000 });
    await server.kill();
    await app.until({ tier: 'memory' });
    await app.sessions.touch('longer', { ttlMs: 600_000 });
    await app.sessions.set('shorter', { n: 2 }, { ttlMs: 30_000 });
    await app.sessions.set('ended', { n: 2 }, { ttlMs: 1 });
    await app.sessions.set('new', { n: 1 });
    await eventually(async () => (await app.sessions.get('ended')) === undefined);
    expect(await app.sessions.touch('ended')).toBe(false);
    expect(app.sessions.status()).toMatchObject({ tier: 'memory', degraded: true, dirty: 4 });
    await server.restart();
    await app.until(WELL);
    expect(await server.command('PTTL', 'dialog:session:longer')).toBeGreaterThan(590_000);
    expect(await server.command('PTTL', 'dialog:session:shorter')).toBeLessThanOrEqual(30_000);
    expect(await storedData(server, 'dialog:session:new')).toBe('{"n":1}');
    expect(await app.sessions.get('ended')).toBeUndefined();
    expect(await (await freshNode()).sessions.get('ended')).toBeUndefined();
  });

  it('adopts the newer change of another node when its own is replayed', async () => {
    await start({ appendonly: true });
    const other = await freshNode();
    await server.kill();
    await Promise.all([app.until({ tier: 'memory' }), other.until({ tier: 'memory' })]);
    await app.sessions.set('both', { from: 'app' });
    const decided = Date.now();
    await eventually(() => Date.now() > decided);
    await other.sessions.set('both', { from: 'other' });
    await server.restart();
    await Promise.all([app.until(WELL), other.until(WELL)]);
    expect(await app.sessions.get('both')).toEqual({ from: 'other' });
    expect(await other.sessions.get('both')).toEqual({ from: 'other' });
  });

  it('replays the others when one entry meets a foreign key, and that one when it is gone', async () => {
    await start({ appendonly: true });
    await server.command('LPUSH', 'dialog:session:poison', 'foreign');
    await server.kill();
    await app.until({ tier: 'memory' });
    await app.sessions.set('poison', { n: 1 });
    await app.sessions.set('good', { n: 1 });
    await server.restart();
    await eventually(() => server.command('EXISTS', 'dialog:session:good'));
    await eventually(() => app.lines.some((line) => line.includes('Replaying session changes failed')));
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: true, dirty: 1 });
    expect(await app.sessions.get('poison')).toEqual({ n: 1 });
    await server.command('DEL', 'dialog:session:poison');
    await app.until(WELL);
    expect(await storedData(server, 'dialog:session:poison')).toBe('{"n":1}');
  });

  it('replaces what it holds from a node whose clock is ahead', async () => {
    server = await RedisTestServer.start({ appendonly: true });
    const tier = memoryTier();
    app = await SessionApp.start(driver, server, { session: { fallback: [tier] } });
    const version = `${(Date.now() + 3_600_000).toString(16).padStart(12, '0')}0000ffffffff`;
    const expiresAt = Date.now() + 60_000;
    await tier.put('ahead', { version, expiryVersion: version, expiresAt, data: '{"n":1}' }, false);
    await server.kill();
    await app.until({ tier: 'memory' });
    expect(await app.sessions.set('ahead', { n: 2 })).toBe(true);
    expect(await app.sessions.get('ahead')).toEqual({ n: 2 });
    await server.restart();
    await app.until(WELL);
    expect(await storedData(server, 'dialog:session:ahead')).toBe('{"n":2}');
  });

  it('recovers as a user who may touch its keys and ask for nothing else', async () => {
    const commands = '+hello +evalsha +eval +get +getrange +set +setrange +del +pttl +pexpire';
    await start({ appendonly: true, acl: [`default on nopass ~* &* -@all ${commands}`] });
    await app.sessions.set('mine', { n: 1 });
    await server.kill();
    await app.until({ tier: 'memory' });
    await app.sessions.set('mine', { n: 2 });
    await server.restart();
    await app.until(WELL);
    expect(await storedData(server, 'dialog:session:mine')).toBe('{"n":2}');
  });

  it('replays on shutdown what is left, while the connection is still open', async () => {
    await start({ config: ['maxmemory-policy noeviction'] });
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await app.sessions.set('last', { n: 1 });
    expect(app.sessions.status()).toMatchObject({ degraded: true, dirty: 1 });
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await app.stop();
    expect(await storedData(server, 'dialog:session:last')).toBe('{"n":1}');
  });

  it('stops within the time of shutdown, however much is left to replay', async () => {
    server = await RedisTestServer.start({ appendonly: true });
    const proxy = await TcpProxy.start(server);
    app = await SessionApp.start(driver, server, {
      redis: { url: proxy.url, shutdownTimeoutMs: 1_000, commandTimeoutMs: 1_000 },
    });
    await proxy.refuse();
    proxy.reset();
    await app.until({ tier: 'memory' });
    for (let n = 0; n < 2_000; n += 1) await app.sessions.set(`left${n}`, { n });
    await proxy.pass();
    proxy.delay(75);
    await app.until({ tier: 'redis' });
    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(app.lines.join('\n')).toMatch(/^\d+ session changes were not confirmed by Redis/m);
    await proxy.stop();
  });

  it('says once that it is degraded and once that it is well, and names no session', async () => {
    await start({ appendonly: true });
    await server.kill();
    await app.until({ tier: 'memory' });
    for (let n = 0; n < 50; n += 1) await app.sessions.set(`hidden-${n}`, { secret: 'hunter2' });
    await server.restart();
    await app.until(WELL);
    const lines = app.lines.filter((line) => line.includes('Sessions are'));
    // One when it began and one when it was over; a busy machine may lose Redis once more in between.
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(lines.at(-1)).toContain('served by Redis');
    expect(lines[0]).toContain('served by: memory');
    expect(app.lines.join('\n')).not.toMatch(/hidden|hunter2/);
  });

  it('takes no more than its memory tier holds, and says so instead of losing a change', async () => {
    server = await RedisTestServer.start();
    const tier = memoryTier({ maxSessions: 3 });
    app = await SessionApp.start(driver, server, { session: { fallback: [tier] } });
    await server.kill();
    await app.until({ tier: 'memory' });
    for (const id of ['a', 'b', 'c']) await app.sessions.set(id, { id });
    await expect(app.sessions.set('d', { id: 'd' })).rejects.toMatchObject({
      redisErrorKind: 'unavailable',
      message: expect.stringContaining('maxSessions'),
    });
    expect(await app.sessions.set('a', { id: 'a2' })).toBe(true);
    expect(tier.stats).toEqual({ sessions: 3, dirty: 3, evicted: 0 });
    await server.restart();
    await app.until(WELL);
    expect(await app.sessions.set('d', { id: 'd' })).toBe(true);
    expect(await (await freshNode()).sessions.get('a')).toEqual({ id: 'a2' });
  });
});
