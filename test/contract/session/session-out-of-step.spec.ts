import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { memoryTier } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { SessionApp } from './session-app.js';
import { storedData } from './stored-session.js';

const IDS = Array.from({ length: 20 }, (_, n) => `user${n}`);
const STRAY = '$1\r\nx\r\n';
const NOBODY = '$-1\r\n';
const ACKNOWLEDGED = '$43\r\n0badcafe:1 applied 0190000000000000000000aa\r\n';

describeEachDriver('SessionStore with replies out of step', (driver) => {
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let app: SessionApp;

  const start = async (hasFallback: boolean): Promise<void> => {
    const fallback = hasFallback ? [memoryTier()] : [];
    // The watchdog does not come in time: what the sessions do not notice themselves stays out of step.
    const redis = { url: proxy.url, watchdogIntervalMs: 60_000, commandTimeoutMs: 1_000 };
    app = await SessionApp.start(driver, server, { redis, session: { fallback } });
    for (const id of IDS) await app.sessions.set(id, { owner: id });
  };

  /** Who else's session was given, or whose was denied, over and over until the socket was replaced. */
  async function wrongReads(): Promise<string[]> {
    const wrong: string[] = [];
    const before = proxy.total;
    const readAll = async (): Promise<void> => {
      const reads = IDS.map(async (id) => [id, (await app.sessions.get<{ owner: string }>(id))?.owner] as const);
      for (const read of await Promise.allSettled(reads)) {
        if (read.status === 'fulfilled' && read.value[0] !== read.value[1]) wrong.push(read.value.join(' got '));
      }
    };
    await eventually(async () => {
      await readAll();
      return proxy.total > before && app.connection.state === 'connected';
    });
    await app.until({ tier: 'redis', degraded: false });
    await readAll();
    return wrong;
  }

  async function expectEachItsOwn(): Promise<void> {
    for (const id of IDS) {
      expect(await app.sessions.get(id)).toEqual({ owner: id });
      expect(await storedData(server, `dialog:session:${id}`)).toBe(`{"owner":"${id}"}`);
    }
  }

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
  });
  afterEach(async () => {
    await app.stop();
    await proxy.stop();
    await server.stop();
  });

  it.each([
    ['a text', true, STRAY],
    ['a text', false, STRAY],
    ['nothing', true, NOBODY],
    ['nothing', false, NOBODY],
    ['an acknowledgement', true, ACKNOWLEDGED],
  ])('gives nobody another session after %s too many, fallback: %p', async (_what, hasFallback, bytes) => {
    await start(hasFallback);
    await server.freeze(); // so that the reads are under way when the reply comes that is not theirs
    const reads = wrongReads();
    proxy.inject(bytes);
    await server.thaw();
    expect(await reads).toEqual([]);
    await expectEachItsOwn();
  });

  it.each([true, false])('gives nobody another session after a reply was lost, fallback: %p', async (hasFallback) => {
    await start(hasFallback);
    proxy.dropReplies();
    await Promise.allSettled([app.sessions.get('user0')]);
    await proxy.pass();
    expect(await wrongReads()).toEqual([]);
    await expectEachItsOwn();
  });

  it('takes the acknowledgement of another change for none of its own', async () => {
    await start(false);
    await server.freeze();
    const change = app.sessions.set('user0', { owner: 'user0', n: 1 });
    setTimeout(() => proxy.inject(ACKNOWLEDGED), 20); // when the change is on its way
    await expect(change).rejects.toMatchObject({ name: 'RedisError', outcome: 'unknown' });
    await server.thaw();
  });
});
