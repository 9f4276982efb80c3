import { isRedisError } from '../../../lib/errors/redis.error.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';

describeEachDriver('ContextCache with a loader', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;
  let db: LoaderDouble;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(async () => {
    await server.command('FLUSHALL');
    db = new LoaderDouble();
    app = await ContextApp.start(driver, server, { maxMessages: 5, loader: db.loader, loaderTimeoutMs: 1_000 });
  });
  afterEach(() => app.stop());
  afterAll(() => server.stop());

  it('loads a cold chat, and then answers from Redis', async () => {
    ['1', '2'].forEach((content) => db.write(row(content)));
    expect(await app.cache.read('c')).toEqual({
      messages: [row('1'), row('2')],
      tokens: expect.any(Number),
      source: 'loader',
      hit: false,
      reason: 'cold',
      corrupt: 0,
    });
    expect(await app.cache.read('c')).toMatchObject({ messages: [row('1'), row('2')], source: 'redis', hit: true });
    expect(db.loads).toHaveLength(1);
    expect(db.loads[0]).toMatchObject({ chatId: 'c', tenant: undefined, limit: 5 });
    for (const key of Object.values(keysOf('c'))) expect(Number(await server.command('PTTL', key))).toBeGreaterThan(0);
  });

  it('tells the loader the tenant, and seeds under it', async () => {
    db.write(row('1'));
    await app.cache.forTenant('acme').recent('c');
    expect(db.loads[0]).toMatchObject({ tenant: 'acme' });
    expect(await server.command('LLEN', keysOf('c', 'acme').list)).toBe(1);
    expect(await server.command('EXISTS', keysOf('c').list)).toBe(0);
  });

  it('does not make a short list of a cold chat: an append leaves it cold', async () => {
    db.write(row('1'));
    const appended = await app.cache.append('c', db.write(row('2')));
    expect(appended).toEqual({ sequence: 0, stored: 0, duplicates: 0, trimmed: 0, length: 0, cold: true });
    expect(await server.command('DBSIZE')).toBe(0);
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2']);
    expect(await app.cache.append('c', db.write(row('3')))).toMatchObject({ cold: false, sequence: 3, length: 3 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3']);
    expect(db.loads).toHaveLength(1);
  });

  it('remembers that a chat is empty', async () => {
    expect(await app.cache.read('c')).toMatchObject({ messages: [], source: 'loader' });
    expect(await app.cache.read('c')).toMatchObject({ messages: [], source: 'redis', hit: true });
    await app.cache.append('c', db.write(row('1')));
    expect(await app.cache.read('c')).toMatchObject({ messages: [row('1')], source: 'redis' });
    expect(db.loads).toHaveLength(1);
  });

  it('asks for the cap, whatever the caller wants, and keeps the newest of more', async () => {
    for (let i = 1; i <= 8; i += 1) db.write(row(`${i}`));
    expect(contents(await app.cache.recent('c', 2))).toEqual(['7', '8']);
    expect(contents(await app.cache.recent('c', 5))).toEqual(['4', '5', '6', '7', '8']);
    expect(db.loads).toHaveLength(1);
  });

  it('stores a message once that both the load and an append bring', async () => {
    db.write(row('1'));
    await app.cache.recent('c');
    expect(await app.cache.append('c', row('1'))).toMatchObject({ stored: 0, duplicates: 1, length: 1 });
  });

  it('loads once for all who wait, and gives each messages of its own', async () => {
    db.hold = true;
    db.write(row('1'));
    const begun = db.nextLoad();
    const reads = Array.from({ length: 50 }, () => app.cache.recent('c'));
    (await begun).finish();
    const results = await Promise.all(reads);
    expect(db.loads).toHaveLength(1);
    expect(new Set(results.map(([message]) => message)).size).toBe(50);
    expect(results.every((messages) => contents(messages).join() === '1')).toBe(true);
  });

  it('lets two processes that do not wait load the same cold chat, and the first one seed it', async () => {
    const options = { loader: db.loader, loadLeaseMs: 0 };
    const one = await ContextApp.start(driver, server, options);
    const other = await ContextApp.start(driver, server, options);
    db.hold = true;
    db.write(row('1'));
    const first = begin(() => one.cache.recent('c'));
    const load = await first.load;
    const second = begin(() => other.cache.recent('c'));
    const late = await second.load;
    load.finish();
    expect(contents(await first.read)).toEqual(['1']);
    await app.cache.append('c', db.write(row('2')));
    late.finish();
    expect(contents(await second.read)).toEqual(['1']);
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2']);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('lets one process load for all, and answers the others from Redis', async () => {
    const other = await ContextApp.start(driver, server, { loader: db.loader });
    db.hold = true;
    db.write(row('1'));
    const first = begin(() => app.cache.recent('c'));
    const load = await first.load;
    const reads = Array.from({ length: 5 }, () => other.cache.read('c'));
    load.finish();
    for (const read of await Promise.all(reads)) expect(read).toMatchObject({ source: 'redis', messages: [row('1')] });
    expect(db.loads.filter(({ chatId }) => chatId === 'c')).toHaveLength(1);
    await other.stop();
  });

  it('loads by itself as soon as the load of another process failed, or took too long', async () => {
    const other = await ContextApp.start(driver, server, { loader: db.loader });
    db.hold = true;
    db.write(row('1'));
    for (const end of ['failed', 'took too long']) {
      const first = begin(() => app.cache.recent(end));
      const load = await first.load;
      const second = begin(() => other.cache.recent(end));
      if (end === 'failed') load.fail(new Error('the database is down'));
      (await second.load).finish();
      expect(contents(await second.read)).toEqual(['1']);
      if (end !== 'failed') load.finish();
      await Promise.allSettled([first.read]);
    }
    await other.stop();
  });

  it('serves what Redis has where the loader fails, if it was told to', async () => {
    const stale = await ContextApp.start(driver, server, { loader: db.loader, onLoaderError: 'stale', maxMessages: 5 });
    db.write(row('1'));
    db.write(row('2'));
    await stale.cache.recent('c');
    await server.command('HDEL', keysOf('c').hash, 'w');
    db.hold = true;
    const failed = begin(() => stale.cache.read('c'));
    (await failed.load).fail(new Error('the database is down'));
    expect(await failed.read).toMatchObject({
      messages: [row('1'), row('2')],
      source: 'redis',
      hit: false,
      stale: true,
      reason: 'cold',
    });
    const nothing = begin(() => stale.cache.read('none'));
    (await nothing.load).fail(new Error('the database is down'));
    await expect(nothing.read).rejects.toThrow('the database is down');
    await stale.stop();
  });

  it('pins what the loader says is to be pinned', async () => {
    const system = { role: 'system', content: 'Be kind.' } as const;
    const loader = () => ({ messages: [row('1')], system });
    const pinning = await ContextApp.start(driver, server, { loader });
    expect(await pinning.cache.read('c')).toMatchObject({ messages: [system, row('1')], source: 'loader' });
    expect(await pinning.cache.read('c')).toMatchObject({ messages: [system, row('1')], source: 'redis' });
    await pinning.stop();
  });

  it.each([
    ['appended to', () => app.cache.append('c', db.write(row('2')))],
    ['cleared', () => app.cache.clear('c')],
    ['evicted', () => server.command('FLUSHALL')],
  ])('does not seed what it loaded when the chat was %s meanwhile', async (_name, meanwhile) => {
    db.hold = true;
    db.write(row('1'));
    const { load, read } = begin(() => app.cache.recent('c'));
    await load;
    await meanwhile();
    (await load).finish();
    expect(contents(await read)).toEqual(['1']);
    expect(await server.command('EXISTS', keysOf('c').list)).toBe(0);
    db.hold = false;
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'loader' });
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'redis' });
  });

  it('does not give who reads after an append the load that began before it', async () => {
    db.hold = true;
    db.write(row('1'));
    const before = begin(() => app.cache.recent('c'));
    await before.load;
    await app.cache.append('c', db.write(row('2')));
    const after = begin(() => app.cache.recent('c'));
    (await after.load).finish();
    expect(contents(await after.read)).toEqual(['1', '2']);
    (await before.load).finish();
    expect(contents(await before.read)).toEqual(['1']);
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2']);
  });

  it.each([
    ['the list alone was evicted', 'list', 'DEL'],
    ['the hash alone was evicted', 'hash', 'DEL'],
    ['a stranger cut the list', 'list', 'RPOP'],
  ] as const)('loads again when %s', async (_name, which, command) => {
    ['1', '2'].forEach((content) => db.write(row(content)));
    await app.cache.recent('c');
    await server.command(command, keysOf('c')[which]);
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'loader', reason: 'cold' });
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'redis' });
  });

  it('loads again, and repairs, when nothing in Redis can be read', async () => {
    db.write(row('1'));
    await app.cache.recent('c');
    await server.command('LSET', keysOf('c').list, 0, 'scribble');
    expect(await app.cache.read('c')).toMatchObject({
      messages: [row('1')],
      source: 'loader',
      reason: 'corrupt',
      corrupt: 1,
    });
    expect(await app.cache.read('c')).toMatchObject({ messages: [row('1')], source: 'redis', corrupt: 0 });
  });

  it('loads again when the cap was raised and the list was cut to the old one', async () => {
    for (let i = 1; i <= 8; i += 1) db.write(row(`${i}`));
    await app.cache.recent('c');
    const wider = await ContextApp.start(driver, server, { maxMessages: 8, loader: db.loader });
    expect(await wider.cache.read('c', 5)).toMatchObject({ messages: { length: 5 }, source: 'redis' });
    expect(await wider.cache.read('c')).toMatchObject({ messages: db.rows, source: 'loader' });
    expect(await wider.cache.read('c')).toMatchObject({ messages: db.rows, source: 'redis' });
    await wider.stop();
  });

  it('takes no list for whole that was written without a loader', async () => {
    const plain = await ContextApp.start(driver, server);
    await plain.cache.append('c', row('2'));
    await plain.stop();
    ['1', '2'].forEach((content) => db.write(row(content)));
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'loader' });
    expect(await app.cache.read('c')).toMatchObject({ messages: db.rows, source: 'redis' });
  });

  it('passes on what the loader threw, as it is, and asks again next time', async () => {
    const failure = new TypeError('no such chat');
    db.hold = true;
    db.write(row('1'));
    const { load, read } = begin(() => app.cache.recent('c'));
    (await load).fail(failure);
    await expect(read).rejects.toBe(failure);
    db.hold = false;
    expect(contents(await app.cache.recent('c'))).toEqual(['1']);
  });

  it('ends its wait for a loader that hangs, and tells it', async () => {
    await app.stop();
    app = await ContextApp.start(driver, server, { loader: db.loader, loaderTimeoutMs: 30 });
    db.hold = true;
    const { load, read } = begin(() => app.cache.recent('c'));
    await expect(read).rejects.toMatchObject({ redisErrorKind: 'command-timeout', operation: 'context.load' });
    expect((await load).signal.aborted).toBe(true);
  });

  it.each([
    ['no list', 'rows'],
    [
      'a message that is none',
      [
        { role: 'user', content: '' },
        { role: 'wizard', content: 'secret' },
      ],
    ],
  ])('refuses %s from the loader, by the name of the field', async (_name, loaded) => {
    await app.stop();
    app = await ContextApp.start(driver, server, { loader: async () => loaded as never });
    const error: unknown = await app.cache.recent('c').catch((reason: unknown) => reason);
    expect(isRedisError(error, 'serialization')).toBe(true);
    expect((error as Error).message).toMatch(/^context\.load: loaded(\[1\]\.role)? must be/);
    expect((error as Error).message).not.toContain('secret');
  });

  it('answers without a seed when the server takes no writes', async () => {
    db.write(row('1'));
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    try {
      expect(await app.cache.read('c')).toMatchObject({ messages: [row('1')], source: 'loader', reason: 'cold' });
      expect(await server.command('DBSIZE')).toBe(0);
    } finally {
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  function begin<T>(read: () => Promise<T>): { load: ReturnType<LoaderDouble['nextLoad']>; read: Promise<T> } {
    const load = db.nextLoad();
    const running = read();
    running.catch(() => undefined);
    return { load, read: running };
  }
});
