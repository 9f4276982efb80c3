import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { RedisModule, RedisService, type RedisModuleOptions } from '../../../lib/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { untilState } from '../../contract/connection/bench.js';
import { Apps } from './apps.js';

const PASSWORD = 'p%40ss:wörd/#?';
const VALUE = 'the-stored-value';

/** Any form of the password or of a stored value, in whatever encoding. */
const SECRET = /p(?:%|%25|\\u0025)40ss|p@ss|w(?:ö|%C3%B6|\\xf6|\\u00f6)rd|the-stored-value|wrong-one/i;

describeEachDriver('no secret is shown', (driver) => {
  const apps = new Apps();
  let server: RedisTestServer;
  let written: string[];
  let restore: () => void;

  beforeAll(async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
  });

  beforeEach(() => {
    written = [];
    const spies = (['log', 'warn', 'error', 'info', 'debug'] as const).map((level) =>
      jest.spyOn(console, level).mockImplementation((...text) => void written.push(inspect(text, { depth: 9 }))),
    );
    restore = () => spies.forEach((spy) => spy.mockRestore());
  });

  afterEach(() => restore());

  afterAll(() => server.stop());

  const failedBoot = async (options: RedisModuleOptions): Promise<unknown> =>
    apps.start([RedisModule.forRoot({ driver, connectTimeoutMs: 1_000, ...options })]).then(
      () => 'booted',
      (error: unknown) => error,
    );

  /** All the ways in which an error ends up somewhere. */
  const expectClean = (error: unknown): void => {
    const shown = [
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 20, showHidden: true, getters: true }),
    ];
    for (let cause = error; cause instanceof Error; cause = cause.cause) shown.push(cause.message, String(cause.stack));
    for (const text of [...shown, ...apps.log.lines, ...written]) expect(text).not.toMatch(SECRET);
  };

  it.each([
    ['a wrong password', { password: `wrong-one${PASSWORD}` }, 'auth'],
    ['a wrong password of a user', { username: 'app', password: PASSWORD }, 'auth'],
    ['a wrong password in the URL', {}, 'auth'],
  ])('for %s', async (_what, login, kind) => {
    const address: RedisModuleOptions =
      'password' in login
        ? { host: server.host, port: server.port, ...login }
        : { url: `redis://:wrong-one${encodeURIComponent(PASSWORD)}@${server.host}:${server.port}` };
    const error = await failedBoot(address);
    expect(error).toMatchObject({ redisErrorKind: kind, cause: expect.any(Error) });
    expectClean(error);
  });

  it.each([
    `redis://user:${PASSWORD}@host:6379`,
    `redis://:${encodeURIComponent(PASSWORD)}@host:99999999`,
    `http://:${encodeURIComponent(PASSWORD)}@host`,
    `redis:/:${encodeURIComponent(PASSWORD)}@host`,
    encodeURIComponent(PASSWORD),
  ])('for a malformed URL', async (url) => {
    const error = await failedBoot({ url });
    expect(error).toMatchObject({ redisErrorKind: 'configuration' });
    expectClean(error);
  });

  it('for a command that fails, in a log of states, or by the connection itself', async () => {
    const app = await apps.start([RedisModule.forRoot({ driver, url: server.url, watchdogIntervalMs: 200 })]);
    const redis = app.get(RedisService);
    await server.command('SADD', 'set', VALUE);
    const error = await redis.lpushRecent('set', VALUE, { max: 1, ttlMs: 9 }).catch((met: unknown) => met);
    expect(error).toMatchObject({ redisErrorKind: 'wrong-type' });
    expectClean(error);
    expectClean(await redis.cacheGet('set').catch((met: unknown) => met));
    await server.kill();
    await untilState(redis, 'reconnecting');
    expectClean(await redis.commands.set('k', VALUE).catch((met: unknown) => met));
    expect(JSON.stringify(apps.log.lines)).not.toMatch(SECRET);
    await server.restart();
    await untilState(redis, 'connected');
  });
});
