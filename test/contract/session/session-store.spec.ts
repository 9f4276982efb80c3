import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp } from './session-app.js';
import { storedData, storedText } from './stored-session.js';

const TTL = { ttlMs: 60_000 };

describeEachDriver('SessionStore with Redis', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;
  let other: SessionApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { session: TTL });
    other = await SessionApp.start(driver, server, { session: TTL });
  });
  afterAll(async () => {
    await app.stop();
    await other.stop();
    await server.stop();
  });

  const pttl = async (id: string): Promise<number> => Number(await server.command('PTTL', `dialog:session:${id}`));

  it('stores, reads, replaces, and destroys', async () => {
    expect(await app.sessions.get('life')).toBeUndefined();
    expect(await app.sessions.set('life', { name: 'Ada', list: [1, null, { deep: 'é😀\0' }] })).toBe(true);
    expect(await other.sessions.get('life')).toEqual({ name: 'Ada', list: [1, null, { deep: 'é😀\0' }] });
    await other.sessions.set('life', { name: 'Grace' });
    expect(await app.sessions.get('life')).toEqual({ name: 'Grace' });
    await app.sessions.destroy('life');
    expect(await app.sessions.get('life')).toBeUndefined();
    expect(await other.sessions.get('life')).toBeUndefined();
  });

  it('keeps what it was given, not the object that it was given', async () => {
    const data = { count: 1 };
    await app.sessions.set('copy', data);
    data.count = 2;
    const first = await app.sessions.get<typeof data>('copy');
    expect(first).toEqual({ count: 1 });
    first!.count = 3;
    expect(await app.sessions.get('copy')).toEqual({ count: 1 });
  });

  it('keeps one key a session, with a time to live in milliseconds', async () => {
    await app.sessions.set('key', {}, { ttlMs: 12_345 });
    expect(await server.command('KEYS', '*:key')).toEqual(['dialog:session:key']);
    expect(await pttl('key')).toBeGreaterThan(11_000);
    expect(await pttl('key')).toBeLessThanOrEqual(12_345);
    await app.sessions.set('key', {});
    expect(await pttl('key')).toBeGreaterThan(59_000);
    const stored = await other.sessions.getWithExpiry('key');
    expect(Math.abs(stored!.expiresAt - Date.now() - 60_000)).toBeLessThan(1_000);
  });

  it('ends a session after its milliseconds, on every node', async () => {
    await app.sessions.set('brief', {}, { ttlMs: 5 });
    await eventually(async () => (await server.command('EXISTS', 'dialog:session:brief')) === 0);
    expect(await app.sessions.get('brief')).toBeUndefined();
    expect(await other.sessions.get('brief')).toBeUndefined();
  });

  it('lets a later set shorten the life of a session', async () => {
    await app.sessions.set('shorter', {});
    await other.sessions.set('shorter', {}, { ttlMs: 5_000 });
    expect(await pttl('shorter')).toBeLessThanOrEqual(5_000);
  });

  it('lengthens by a touch, never shortens, never creates', async () => {
    expect(await app.sessions.touch('touched')).toBe(false);
    expect(await app.sessions.get('touched')).toBeUndefined();
    await app.sessions.set('touched', { n: 1 }, { ttlMs: 1_000 });
    expect(await other.sessions.touch('touched', { ttlMs: 30_000 })).toBe(true);
    expect(await pttl('touched')).toBeGreaterThan(29_000);
    expect(await app.sessions.touch('touched', { ttlMs: 10 })).toBe(true);
    expect(await pttl('touched')).toBeGreaterThan(28_000);
    expect(await app.sessions.get('touched')).toEqual({ n: 1 });
    expect((await app.sessions.getWithExpiry('touched'))!.expiresAt).toBeGreaterThan(Date.now() + 28_000);
  });

  it('keeps a destroyed session destroyed, whoever saves or touches it late', async () => {
    await app.sessions.set('logout', { user: 1 });
    await other.sessions.get('logout');
    await app.sessions.destroy('logout');
    expect(await other.sessions.set('logout', { user: 1 })).toBe(false);
    expect(await app.sessions.set('logout', { user: 1 })).toBe(false);
    expect(await other.sessions.touch('logout')).toBe(false);
    expect(await app.sessions.get('logout')).toBeUndefined();
    expect(await other.sessions.get('logout')).toBeUndefined();
    expect(await storedData(server, 'dialog:session:logout')).toBe('');
    expect(await pttl('logout')).toBeGreaterThan(59_000);
  });

  it('keeps a session destroyed that Redis has forgotten, on the node that destroyed it', async () => {
    await app.sessions.destroy('evicted');
    await server.command('DEL', 'dialog:session:evicted');
    expect(await app.sessions.set('evicted', {})).toBe(false);
    expect(await app.sessions.touch('evicted')).toBe(false);
    expect(await other.sessions.get('evicted')).toBeUndefined();
  });

  it('remembers a destroyed session for as long as it was promised', async () => {
    await app.sessions.set('long', {}, { ttlMs: 600_000 });
    await other.sessions.destroy('long');
    expect(await pttl('long')).toBeGreaterThan(590_000);
  });

  it('destroys what does not exist, against a save that is on its way', async () => {
    await app.sessions.destroy('never-was');
    expect(await other.sessions.set('never-was', {})).toBe(false);
  });

  it('lets the last of many nodes win, also where its clock is behind', async () => {
    const ahead = `${(Date.now() + 3_600_000).toString(16).padStart(12, '0')}0000ffffffff`;
    await server.command(
      'SET',
      'dialog:session:skew',
      storedText('skew', ahead, ahead, Date.now() + 60_000, '{"n":1}'),
    );
    expect(await app.sessions.set('skew', { n: 2 })).toBe(true);
    expect(await other.sessions.get('skew')).toEqual({ n: 2 });
    expect(await other.sessions.set('skew', { n: 3 })).toBe(true);
    expect(await app.sessions.get('skew')).toEqual({ n: 3 });
    expect(await other.sessions.touch('skew', { ttlMs: 500_000 })).toBe(true);
    expect(await pttl('skew')).toBeGreaterThan(499_000);
  });

  it('takes concurrent changes of one session, and ends with one of them', async () => {
    const changes = Array.from({ length: 50 }, (_, n) => (n % 2 ? app : other).sessions.set('busy', { n }));
    expect((await Promise.all(changes)).every(Boolean)).toBe(true);
    const last = await app.sessions.get<{ n: number }>('busy');
    expect(await other.sessions.get('busy')).toEqual(last);
    expect(last!.n).toBeGreaterThanOrEqual(0);
  });

  it('tells a flushed session from one that it still holds: it is gone', async () => {
    await app.sessions.set('flushed', {});
    await server.command('DEL', 'dialog:session:flushed');
    expect(await app.sessions.get('flushed')).toBeUndefined();
    expect(await app.sessions.touch('flushed')).toBe(false);
  });

  it('is registered with the connection, required and with a fallback', () => {
    expect(app.connection.consumers).toEqual([
      expect.objectContaining({ name: 'session', required: true, hasFallback: true }),
    ]);
    expect(app.connection.consumers[0]?.tier()).toBe('redis');
    expect(app.sessions.status()).toMatchObject({ tier: 'redis', degraded: false, dirty: 0 });
  });

  it('is taken out of the registry when its app closes', async () => {
    const brief = await SessionApp.start(driver, server);
    const { connection } = brief;
    await brief.stop();
    expect(connection.consumers).toEqual([]);
  });
});
