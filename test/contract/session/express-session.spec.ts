import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ExpressSessionStore } from '../../../lib/session/express.js';
import { describeEachDriver } from '../../support/drivers.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ExpressApp } from './express-app.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';

const WELL = { tier: 'redis', degraded: false };

describeEachDriver('ExpressSessionStore behind express-session', (driver) => {
  let sentinel: ProcessSentinel;
  let server: RedisTestServer;
  let app: SessionApp;
  let web: ExpressApp;

  const start = async (fallback?: [], cookie = {}): Promise<void> => {
    const session = fallback === undefined ? { ttlMs: 50_000 } : { ttlMs: 50_000, fallback };
    app = await SessionApp.start(driver, server, { session });
    web = await ExpressApp.start(app.module.get(ExpressSessionStore), cookie);
  };
  const pttl = async (id: string): Promise<number> => Number(await server.command('PTTL', `dialog:session:${id}`));

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start({ appendonly: true });
  });
  afterEach(async () => {
    await web.stop();
    await app.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });

  it('keeps a login, and ends it', async () => {
    await start();
    const client = web.client();
    expect((await client.get('/visit')).status).toBe(401);
    await client.get('/login');
    await client.get('/visit');
    expect((await client.get('/visit')).body).toEqual({ user: 'ada', visits: 2 });
    expect(await pttl(client.sessionId)).toBeGreaterThan(49_000);
    await client.get('/logout');
    expect((await client.get('/visit')).status).toBe(401);
  });

  it('lets a session live as long as its cookie, and a request lengthen it', async () => {
    await start(undefined, { maxAge: 600_000 });
    const client = web.client();
    expect((await client.get('/login')).setCookie).toContain('Expires=');
    expect(await pttl(client.sessionId)).toBeGreaterThan(599_000);
    await server.command('PEXPIRE', `dialog:session:${client.sessionId}`, 100_000);
    expect((await client.get('/look')).body).toMatchObject({ user: 'ada' });
    expect(await pttl(client.sessionId)).toBeGreaterThan(599_000);
  });

  it('holds the login while Redis is killed, and brings every change back to it', async () => {
    await start();
    const [stays, leaves] = [web.client(), web.client()];
    await stays.get('/login');
    await leaves.get('/login');
    await server.kill();
    await app.until({ tier: 'memory' });
    expect((await stays.get('/visit')).body).toEqual({ user: 'ada', visits: 1 });
    const comes = web.client();
    await comes.get('/login');
    await leaves.get('/logout');
    expect((await comes.get('/visit')).body).toEqual({ user: 'ada', visits: 1 });
    expect((await leaves.get('/visit')).status).toBe(401);
    await server.restart();
    await app.until(WELL);
    for (const client of [stays, comes]) expect((await client.get('/visit')).body).toEqual({ user: 'ada', visits: 2 });
    expect((await leaves.get('/visit')).status).toBe(401);
    const other = await SessionApp.start(driver, server);
    expect(await other.sessions.get(stays.sessionId)).toMatchObject({ user: 'ada', visits: 2 });
  });

  it('answers within its deadline while Redis is frozen', async () => {
    await start();
    const client = web.client();
    await client.get('/login');
    await server.freeze();
    const startedAt = performance.now();
    expect((await client.get('/visit')).body).toEqual({ user: 'ada', visits: 1 });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await server.thaw();
    await app.until(WELL);
    expect((await client.get('/visit')).body).toEqual({ user: 'ada', visits: 2 });
  });

  it('passes an error, not a logout, for a session that it cannot know', async () => {
    await start();
    const other = await SessionApp.start(driver, server);
    const otherWeb = await ExpressApp.start(other.module.get(ExpressSessionStore));
    const client = web.client();
    await client.get('/login');
    await server.kill();
    await other.until({ tier: 'memory' });
    const visitor = otherWeb.client();
    visitor.cookie = client.cookie;
    const refused = await visitor.get('/visit');
    expect(refused).toMatchObject({ status: 503, body: { kind: 'unavailable' }, setCookie: undefined });
    expect((await otherWeb.client().get('/login')).status).toBe(200);
    await server.restart();
    await other.until(WELL);
    expect((await visitor.get('/look')).body).toMatchObject({ user: 'ada' });
  });

  it('does not revive a session that a slow request saves after the logout', async () => {
    await start();
    const client = web.client();
    await client.get('/login');
    const slow = client.get('/slow');
    await web.slowBegan.promise;
    await client.get('/logout');
    web.slow.resolve();
    await slow;
    expect((await client.get('/look')).body).toEqual({});
    expect(await storedData(server, `dialog:session:${client.sessionId}`)).toBe('');
  });

  it('lets the middleware skip sessions while no tier can answer, and use them again after', async () => {
    await start([]);
    const client = web.client();
    await client.get('/login');
    await server.kill();
    await app.until({ tier: 'none' });
    expect(await client.get('/visit')).toMatchObject({ status: 401, body: { session: false } });
    const lateWeb = await ExpressApp.start(app.module.get(ExpressSessionStore));
    expect((await lateWeb.client().get('/visit')).body).toEqual({ session: false });
    await server.restart();
    await app.until(WELL);
    expect((await client.get('/visit')).body).toEqual({ user: 'ada', visits: 1 });
    expect((await lateWeb.client().get('/login')).status).toBe(200);
  });
});
