import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';

const BEYOND = '99999999999999999999:0:{"role":"user","content":"damaged"}';
const DAMAGED = ['1e400', '9007199254740993', '1e3', '-3', 'nan', '999999999999999', '99999999999999999999', ''];
const user = (content: string): ContextMessage => ({ role: 'user', content });

describeEachDriver('A chat whose sequence was damaged', (driver) => {
  const { list, hash } = keysOf('c');
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { maxMessages: 10 });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it.each(DAMAGED)('goes on from its newest message where the hash says %p', async (sequence) => {
    await app.cache.append('c', [user('1'), user('2')]);
    await server.command('HSET', hash, 'q', sequence);
    expect(await app.cache.append('c', user('3'))).toMatchObject({ sequence: 3, stored: 1, length: 3 });
    expect(await app.cache.append('c', user('4'))).toMatchObject({ sequence: 4, stored: 1, length: 4 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3', '4']);
  });

  it('goes on from the highest sound sequence where the newest entry is damaged and the hash is gone', async () => {
    await app.cache.append('c', [user('1'), user('2')]);
    await server.command('DEL', hash);
    await server.command('LPUSH', list, BEYOND, '12:30 is no sequence', '1:0:{}');
    expect(await app.cache.append('c', user('3'))).toMatchObject({ sequence: 3, stored: 1, length: 6 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3']);
  });

  it('begins again where no sequence is sound', async () => {
    await server.command('LPUSH', list, BEYOND);
    expect(await app.cache.append('c', user('1'))).toMatchObject({ sequence: 1, stored: 1, length: 2 });
    expect(await app.cache.read('c')).toMatchObject({ messages: [user('1')], hit: true, corrupt: 1 });
  });

  it('takes sequences of up to 15 digits, and stays readable past them', async () => {
    await server.command('HSET', hash, 'q', '999999999999997');
    expect(await app.cache.append('c', [user('1'), user('2')])).toMatchObject({ sequence: 999_999_999_999_999 });
    expect(await app.cache.append('c', user('3'))).toMatchObject({ stored: 1, length: 3 });
    expect(contents(await app.cache.recent('c'))).toEqual(['1', '2', '3']);
  });

  it('is loaded into a list that can be read', async () => {
    const db = new LoaderDouble();
    db.write(row('1'));
    const loading = await ContextApp.start(driver, server, { loader: db.loader });
    await server.command('HSET', hash, 'q', '1e400');
    expect(await loading.cache.read('c')).toMatchObject({ source: 'loader', reason: 'cold' });
    expect(await loading.cache.read('c')).toMatchObject({ messages: [row('1')], source: 'redis' });
    expect(await loading.cache.append('c', row('2'))).toMatchObject({ sequence: 2, cold: false });
    await loading.stop();
  });
});
