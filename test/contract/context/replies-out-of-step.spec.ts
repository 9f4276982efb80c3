import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { ContextApp, contents, keysOf } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';

/** The watchdog stays out of it: what is shown here is what happens before it has noticed anything. */
const UNWATCHED = { watchdogIntervalMs: 60_000, commandTimeoutMs: 1_000 } as const;
const STRAY = ':1\r\n';
const user = (content: string): ContextMessage => ({ role: 'user', content });

describeEachDriver('ContextCache when replies are out of step', (driver) => {
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let app: ContextApp;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
  });
  afterEach(async () => {
    await app.stop();
    await proxy.stop();
    await server.stop();
  });

  it('answers no read with another chat', async () => {
    app = await ContextApp.start(driver, undefined, {}, { enabled: true, url: proxy.url, ...UNWATCHED });
    for (const chat of ['a', 'b', 'c']) await app.cache.append(chat, user(chat));
    expect(contents(await app.cache.recent('a'))).toEqual(['a']);
    const chats = ['a', 'b', 'c', 'a', 'b'];
    const reads = await shifted(() => chats.map((chat) => app.cache.read(chat)));
    for (const read of reads) expect(read).toMatchObject({ messages: [], hit: false, reason: 'redis_error' });
    expect(reads[0]).toMatchObject({ errorKind: 'reply' });
  });

  it('acknowledges no append by the reply to another', async () => {
    app = await ContextApp.start(driver, undefined, {}, { enabled: true, url: proxy.url, ...UNWATCHED });
    await app.cache.append('b', [user('1'), user('2'), user('3')]);
    proxy.dropReplies();
    const lost = outcomeOf(app.cache.append('a', user('1')));
    await eventually(async () => (await server.command('LLEN', keysOf('a').list)) === 1);
    await proxy.pass();
    const results = await Promise.all([lost, outcomeOf(app.cache.append('b', user('4')))]);
    expect(results[0]).toMatchObject({ redisErrorKind: 'reply', outcome: 'unknown', operation: 'context.append' });
    expect(results[1]).toMatchObject({ outcome: 'unknown' });
  });

  it('seeds no chat, and answers from the loader', async () => {
    const db = new LoaderDouble();
    db.write(row('loaded'));
    app = await ContextApp.start(
      driver,
      undefined,
      { loader: db.loader },
      { enabled: true, url: proxy.url, ...UNWATCHED },
    );
    for (const chat of ['a', 'b']) await app.cache.read(chat);
    await app.cache.append('b', row('of b'));
    const reads = await shifted(() => ['b', 'a', 'cold'].map((chat) => app.cache.read(chat)));
    for (const read of reads) {
      expect(read).toMatchObject({ messages: [row('loaded')], source: 'loader', reason: 'redis_error' });
    }
    expect(await server.command('EXISTS', keysOf('cold').list)).toBe(0);
    await eventually(async () => (await app.cache.read('a')).hit);
    expect(contents(await app.cache.recent('a'))).toEqual(['loaded']);
    expect(contents(await app.cache.recent('b'))).toEqual(['loaded', 'of b']);
  });

  /** The calls, whose first one is given a stray reply, and so each later one the reply to the one before it. */
  async function shifted<T>(begin: () => Promise<T>[]): Promise<T[]> {
    proxy.delay(100);
    const calls = begin();
    proxy.inject(STRAY);
    const answers = await Promise.all(calls);
    await proxy.pass();
    return answers;
  }

  async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
    return call.catch((error: unknown) => error);
  }
});
