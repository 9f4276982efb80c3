import { memoryTier } from '../../../lib/session/index.js';
import type {
  SessionDirtyEvent,
  SessionFallbackEvent,
  SessionReplayEvent,
  SessionTrustEvent,
} from '../../../lib/session/index.js';
import { postgresTier } from '../../../lib/session/postgres.js';
import { describeEachDriver } from '../../support/drivers.js';
import { HeardEvents } from '../../support/heard-events.js';
import { PostgresTestServer } from '../../support/postgres-server.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from '../session/session-app.js';

const WELL = { tier: 'redis', degraded: false, trusted: true };

describeEachDriver('the events of sessions', (driver) => {
  it('tell of an outage from its beginning to the last replay', async () => {
    const server = await RedisTestServer.start();
    const app = await SessionApp.start(driver, server, { session: { fallback: [memoryTier()] } });
    await app.sessions.set('known', { n: 1 });
    const served = new HeardEvents<SessionFallbackEvent>('session:fallback');
    const trust = new HeardEvents<SessionTrustEvent>('session:trust');
    const dirty = new HeardEvents<SessionDirtyEvent>('session:dirty');
    const replays = new HeardEvents<SessionReplayEvent>('session:replay');
    await app.sessions.get('known');
    expect([...served.events, ...trust.events, ...dirty.events, ...replays.events]).toEqual([]);

    await server.kill();
    await app.until({ tier: 'memory' });
    await app.sessions.get('known');
    await app.sessions.touch('known');
    await app.sessions.set('new', { n: 2 });
    await app.sessions.update('known', () => ({ n: 3 }));
    await app.sessions.destroy('new');
    const outage = { connection: 'default', tier: 'memory', reason: 'outage' };
    const actions = served.take();
    expect(actions).toEqual(actions.map(({ action }) => ({ ...outage, action })));
    expect(actions.filter(({ action }) => action === 'touch')).toHaveLength(1);
    expect(actions.filter(({ action }) => action === 'write')).toHaveLength(3);
    expect(trust.take()).toEqual([{ connection: 'default', trusted: false, tier: 'memory' }]);
    expect(dirty.take().map((event) => event.dirty)).toEqual([1, 2]);

    const well = app.until({ degraded: false, trusted: true });
    await server.restart();
    await well;
    expect(replays.take()).toEqual([1, 2].map(() => ({ connection: 'default', to: 'redis', outcome: 'ok' })));
    expect(dirty.take().at(-1)).toEqual({ connection: 'default', dirty: 0 });
    expect(trust.take().at(-1)).toEqual({ connection: 'default', trusted: true, tier: 'redis' });
    await app.sessions.get('known');
    expect(served.events).toEqual([]);
    await app.stop();
    await server.stop();
  });
});

describe('the events of sessions with Postgres', () => {
  it('tell which tier served, and of what was brought to either', async () => {
    const [server, postgres] = await Promise.all([RedisTestServer.start(), PostgresTestServer.start()]);
    const fallback = [postgresTier({ connectionString: postgres.url }), memoryTier()];
    const app = await SessionApp.start('node-redis', server, { session: { fallback } });
    await app.until(WELL);
    const served = new HeardEvents<SessionFallbackEvent>('session:fallback');
    const replays = new HeardEvents<SessionReplayEvent>('session:replay');
    await server.kill();
    await app.until({ tier: 'postgres' });
    await app.sessions.set('s', { n: 1 });
    await app.sessions.get('s');
    expect(served.take()).toEqual(
      expect.arrayContaining(
        ['write', 'read'].map((action) => ({ connection: 'default', action, tier: 'postgres', reason: 'outage' })),
      ),
    );
    const well = app.until(WELL);
    await server.restart();
    await well;
    expect(replays.take()).toContainEqual({ connection: 'default', to: 'redis', outcome: 'ok' });
    await postgres.kill();
    await app.sessions.set('t', { n: 1 });
    await postgres.restart();
    await replays.until((all) => all.some(({ to, outcome }) => to === 'shared' && outcome === 'ok'));
    await app.stop();
    await server.stop();
    await postgres.stop();
  });
});

describe('the events of sessions without Redis', () => {
  it('tell that other tiers serve by choice', async () => {
    const app = await SessionApp.start('ioredis', undefined, { session: { fallback: [memoryTier()] } });
    const served = new HeardEvents<SessionFallbackEvent>('session:fallback');
    await app.sessions.set('s', { n: 1 });
    await app.sessions.get('s');
    await app.sessions.touch('s');
    const off = { connection: 'default', tier: 'memory', reason: 'disabled' };
    expect(served.events.map(({ action }) => action)).toEqual(expect.arrayContaining(['write', 'read', 'touch']));
    expect(served.events).toEqual(served.events.map(({ action }) => ({ ...off, action })));
    await app.stop();
  });
});
