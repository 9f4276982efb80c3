import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { Test } from '@nestjs/testing';
import type { ContextMessage } from '../../../lib/context/index.js';
import { ContextCache, ContextModule } from '../../../lib/context/index.js';
import { RedisModule } from '../../../lib/redis.module.js';
import type { RedisState } from '../../../lib/interfaces/redis-state.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { withDeadline } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';

const QUICK = { commandTimeoutMs: 150, watchdogIntervalMs: 100 } as const;
const user = (content: string, id?: string): ContextMessage => ({
  role: 'user',
  content,
  ...(id !== undefined && { id }),
});

describeEachDriver('ContextCache when Redis is out', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeEach(async () => {
    server = await RedisTestServer.start({ appendonly: true });
  });
  afterEach(async () => {
    await app.stop();
    await server.stop();
  });

  it('rejects an append, and says of a read that it is a miss, with the kind', async () => {
    app = await ContextApp.start(driver, server);
    await app.cache.append('c', user('1'));
    await loseServer(() => server.kill());
    await expect(app.cache.append('c', user('2'))).rejects.toMatchObject({
      redisErrorKind: expectedKind,
      outcome: 'not-sent',
    });
    await expect(app.cache.clear('c')).rejects.toMatchObject({ redisErrorKind: expectedKind });
    expect(await app.cache.read('c')).toEqual({
      messages: [],
      tokens: expect.any(Number),
      source: 'none',
      hit: false,
      reason: 'redis_error',
      errorKind: expectedKind,
      corrupt: 0,
    });
    await expect(app.cache.recent('c', { onUnavailable: 'throw' })).rejects.toMatchObject({
      redisErrorKind: expectedKind,
    });
    expect(app.connection.consumers[0]?.tier()).toBe('none');
    await returnServer(() => server.restart());
    expect(await app.cache.append('c', user('3'))).toMatchObject({ sequence: 2 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '3']);
  });

  it('answers within the deadline while the server is frozen, and stores a repeated turn once', async () => {
    app = await ContextApp.start(driver, server, {}, QUICK);
    const turn = [user('1', 'a'), user('2', 'b')];
    await app.cache.append('c', user('0'));
    await server.freeze();
    const startedAt = performance.now();
    await expect(app.cache.append('c', turn)).rejects.toMatchObject({
      redisErrorKind: 'command-timeout',
      outcome: 'unknown',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_150);
    await server.thaw();
    await app.connection.ensureReadyClient();
    // The frozen server had the first one in its socket: whichever came first, it is there once.
    await expect(retry(() => app.cache.append('c', turn))).resolves.toMatchObject({ length: 3 });
    expect(contents(await app.cache.recent('c'))).toEqual(['0', '1', '2']);
  });

  it('answers from the loader, and says so', async () => {
    const db = new LoaderDouble();
    db.write(row('1'));
    app = await ContextApp.start(driver, server, { loader: db.loader });
    await loseServer(() => server.kill());
    expect(await app.cache.read('c')).toMatchObject({
      messages: [row('1')],
      source: 'loader',
      hit: false,
      reason: 'redis_error',
      errorKind: expectedKind,
    });
    expect(app.connection.consumers).toMatchObject([{ name: 'context', required: true, hasFallback: true }]);
    expect(app.connection.consumers[0]?.tier()).toBe('loader');
    await returnServer(() => server.restart());
    expect(app.connection.consumers[0]?.tier()).toBe('redis');
  });

  it('shows the newest page from the loader, and rejects an older one', async () => {
    const db = new LoaderDouble();
    for (const content of ['1', '2', '3']) db.write(row(content));
    app = await ContextApp.start(driver, server, { loader: db.loader });
    const { before } = await app.cache.page('c', { limit: 2 });
    await loseServer(() => server.kill());
    const page = await app.cache.page('c', { limit: 2 });
    expect(page).toMatchObject({
      source: 'loader',
      cut: true,
      entries: [
        { sequence: 2, message: row('2') },
        { sequence: 3, message: row('3') },
      ],
    });
    expect(page.before).toBeUndefined();
    expect(await app.cache.page('c')).toMatchObject({ cut: false, entries: { length: 3 } });
    await expect(app.cache.page('c', { before: before ?? 0 })).rejects.toMatchObject({ redisErrorKind: expectedKind });
  });

  it('has no hole after the outage where an append failed that the loader knows of', async () => {
    const db = new LoaderDouble();
    db.write(row('1'));
    app = await ContextApp.start(driver, server, { loader: db.loader });
    const other = await ContextApp.start(driver, server, { loader: db.loader });
    await app.cache.recent('c');
    await loseServer(() => server.kill());
    await expect(app.cache.append('c', db.write(row('2')))).rejects.toMatchObject({ redisErrorKind: expectedKind });
    await Promise.all([returnServer(() => server.restart()), other.connection.ensureReadyClient()]);
    await other.connection.ensureReadyClient();
    // The chat was kept by the server, as it was before: this process has it forgotten before it goes on with it.
    await app.cache.append('c', db.write(row('3')));
    expect(contents(await other.cache.recent('c'))).toEqual(['1', '2', '3']);
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3']);
    await other.stop();
  });

  it('has the chat forgotten as soon as the server refuses an append and still deletes', async () => {
    const db = new LoaderDouble();
    db.write(row('1'));
    app = await ContextApp.start(driver, server, { loader: db.loader });
    await app.cache.recent('c');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(app.cache.append('c', db.write(row('2')))).rejects.toMatchObject({ redisErrorKind: 'out-of-memory' });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2']);
    expect(await server.command('EXISTS', keysOf('c').list)).toBe(0);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
  });

  it('reads on from a server that has become a replica', async () => {
    app = await ContextApp.start(driver, server);
    await app.cache.append('c', user('1'));
    await server.command('REPLICAOF', '127.0.0.1', '1');
    expect(contents(await app.cache.recent('c'))).toEqual(['1']);
    await expect(app.cache.append('c', user('2'))).rejects.toMatchObject({ redisErrorKind: 'read-only' });
  });

  const expectedKind = expect.stringMatching(/^(refused|connection-lost|unavailable)$/) as unknown;

  async function loseServer(lose: () => Promise<void>): Promise<void> {
    const lost = untilState('reconnecting');
    await lose();
    await lost;
  }

  async function returnServer(bring: () => Promise<void>): Promise<void> {
    const back = untilState('connected');
    await bring();
    await back;
  }

  async function untilState(state: RedisState): Promise<void> {
    const changed = firstValueFrom(app.connection.state$.pipe(filter(({ to }) => to === state)));
    await withDeadline(changed, { timeoutMs: 10_000, what: `state ${state}` });
  }

  it('reads from the loader where the connection is set up wrongly, as in any outage', async () => {
    const db = new LoaderDouble();
    db.write(row('1'));
    const redis = { boot: 'degrade', url: server.url, db: 99 } as const;
    app = await ContextApp.start(driver, server, { loader: db.loader }, redis);
    await untilState('failed');
    const { source, errorKind } = await app.cache.read('c');
    expect(source).toBe('loader');
    // a user with the least rights may not even ask for a database
    expect(['configuration', 'permission']).toContain(errorKind);
  });

  /** The first call after an outage may still meet the breaker. */
  async function retry<T>(call: () => Promise<T>): Promise<T> {
    return call().catch(() => app.connection.ensureReadyClient().then(call));
  }
});

describe('ContextCache when Redis is turned off', () => {
  it('rejects an append by the kind, and reads nothing, or from the loader', async () => {
    const app = await ContextApp.start('ioredis', undefined);
    await expect(app.cache.append('c', user('1'))).rejects.toMatchObject({ redisErrorKind: 'disabled' });
    expect(await app.cache.read('c')).toEqual({
      messages: [],
      tokens: expect.any(Number),
      source: 'none',
      hit: false,
      reason: 'disabled',
      corrupt: 0,
    });
    await expect(app.cache.read('c', { onUnavailable: 'throw' })).rejects.toMatchObject({ redisErrorKind: 'disabled' });
    await app.stop();
    const db = new LoaderDouble();
    db.write(row('1'));
    const loading = await ContextApp.start('ioredis', undefined, { loader: db.loader, onUnavailable: 'throw' });
    expect(await loading.cache.read('c')).toMatchObject({ messages: [row('1')], source: 'loader', reason: 'disabled' });
    await loading.stop();
  });
});

describe('ContextModule', () => {
  it('refuses faulty options at boot with one error that names them all', async () => {
    const imports = [RedisModule.forRoot({ enabled: false }), ContextModule.forRoot({ maxMessages: 0, ttlMs: -1 })];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringMatching(/maxMessages .*ttlMs /),
    });
  });

  it('takes its options from a factory, lives on a named connection, and leaves its registry at the end', async () => {
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ name: 'chats', enabled: false }),
        ContextModule.forRootAsync({
          connection: 'chats',
          useFactory: async () => ({ required: false, tenant: 'acme' }),
        }),
      ],
    }).compile();
    await module.init();
    const connection = module.get<ContextApp['connection']>('REDIS:CONNECTION:chats');
    expect(connection.consumers).toMatchObject([{ name: 'context', required: false, hasFallback: false }]);
    expect(await module.get(ContextCache).read('c')).toMatchObject({ reason: 'disabled' });
    await module.close();
    expect(connection.consumers).toEqual([]);
  });
});
