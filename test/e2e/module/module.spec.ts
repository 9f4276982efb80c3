import { Inject, Injectable, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import {
  getRedisServiceToken,
  getRedisToken,
  InjectRedis,
  REDIS_CLIENT,
  RedisModule,
  RedisService,
  type RedisClient,
  type RedisModuleOptions,
  type RedisOptionsFactory,
} from '../../../lib/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { Apps } from './apps.js';

describeEachDriver('RedisModule', (driver) => {
  const apps = new Apps();
  let server: RedisTestServer;
  let other: RedisTestServer;

  beforeAll(async () => {
    [server, other] = await Promise.all([RedisTestServer.start(), RedisTestServer.start()]);
  });

  afterEach(async () => {
    for (const one of [server, other]) {
      await eventually(async () => (await one.clientCount()) === 0, { what: 'no socket after close' });
      await one.command('FLUSHALL');
    }
  });

  afterAll(() => Promise.all([server.stop(), other.stop()]));

  const options = (url = server.url): RedisModuleOptions => ({ url, driver, connectTimeoutMs: 1_500 });

  @Injectable()
  class Greeter {
    constructor(
      @InjectRedis() readonly client: RedisClient,
      readonly redis: RedisService,
    ) {}
  }

  @Module({ providers: [Greeter], exports: [Greeter] })
  class GreeterModule {}

  @Injectable()
  class Options implements RedisOptionsFactory {
    createRedisOptions(): Promise<RedisModuleOptions> {
      return Promise.resolve(options());
    }
  }

  @Module({ providers: [Options], exports: [Options] })
  class OptionsModule {}

  it.each([
    ['forRoot', () => RedisModule.forRoot(options())],
    ['forRootAsync with useFactory', () => RedisModule.forRootAsync({ useFactory: () => options() })],
    [
      'forRootAsync with an async useFactory and inject',
      () =>
        RedisModule.forRootAsync({
          imports: [OptionsModule],
          inject: [Options],
          useFactory: (factory: Options) => factory.createRedisOptions(),
        }),
    ],
    ['forRootAsync with useClass', () => RedisModule.forRootAsync({ useClass: Options })],
    [
      'forRootAsync with useExisting',
      () => RedisModule.forRootAsync({ imports: [OptionsModule], useExisting: Options }),
    ],
  ])('gives every module one connected client by %s', async (_how, create) => {
    const app = await apps.start([create(), GreeterModule]);
    const greeter = app.get(Greeter, { strict: false });
    expect(greeter.client).toBe(app.get(REDIS_CLIENT, { strict: false }));
    expect(greeter.client).toBe(greeter.redis.getClient());
    expect(greeter.redis.state).toBe('connected');
    await greeter.redis.commands.set('k', 'v');
    expect(await server.clientCount()).toBe(1);
  });

  it('stays in its own module where it is not global', async () => {
    const local = (enabled: boolean): ReturnType<typeof RedisModule.forRoot> =>
      RedisModule.forRoot({ ...options(), enabled, isGlobal: false });
    await expect(apps.start([local(false), GreeterModule])).rejects.toThrow(/resolve dependencies of the Greeter/);

    @Module({ imports: [local(true)], providers: [Greeter] })
    class Importing {}
    const app = await apps.start([Importing]);
    expect(app.get(Greeter, { strict: false }).redis.state).toBe('connected');
  });

  it('holds several connections apart by name', async () => {
    @Injectable()
    class Both {
      constructor(
        @InjectRedis() readonly client: RedisClient,
        readonly redis: RedisService,
        @InjectRedis('other') readonly otherClient: RedisClient,
        @Inject(getRedisServiceToken('other')) readonly otherRedis: RedisService,
      ) {}
    }
    const app = await apps.start(
      [
        RedisModule.forRoot(options()),
        RedisModule.forRootAsync({ name: 'other', useFactory: () => options(other.url) }),
      ],
      { providers: [Both] },
    );
    const both = app.get(Both);
    expect(both.client).not.toBe(both.otherClient);
    expect(both.otherClient).toBe(app.get(getRedisToken('other')));
    await both.redis.commands.set('k', 'default');
    await both.otherRedis.commands.set('k', 'other');
    expect(await server.command('GET', 'k')).toBe('default');
    expect(await other.command('GET', 'k')).toBe('other');
    expect(await server.clientCount()).toBe(1);
    expect(await other.clientCount()).toBe(1);
  });

  it('fails the boot for two defaults, and for two of one name', async () => {
    for (const name of [{}, { name: 'twice' }]) {
      const twice = [
        RedisModule.forRoot({ ...options(), ...name }),
        RedisModule.forRoot({ ...options(other.url), ...name }),
      ];
      await expect(apps.start(twice)).rejects.toMatchObject({
        redisErrorKind: 'configuration',
        message: expect.stringMatching(/imported 2 times for the connection "(default|twice)"/),
      });
    }
  });

  it('refuses a name inside what a factory returns', async () => {
    const nameless = RedisModule.forRootAsync({ useFactory: () => ({ ...options(), name: 'other' }) as never });
    await expect(apps.start([nameless])).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringMatching(/name: is static/),
    });
  });

  it('refuses what is no options object, and lists every fault at once', async () => {
    const undefinedOptions = RedisModule.forRootAsync({ useFactory: () => undefined as never });
    await expect(apps.start([undefinedOptions])).rejects.toMatchObject({ redisErrorKind: 'configuration' });
    const faulty = RedisModule.forRoot({ url: 'nonsense', commandTimeoutMs: -1, boot: 'perhaps', driver } as never);
    await expect(apps.start([faulty])).rejects.toMatchObject({
      message: expect.stringMatching(/(?=.*url)(?=.*commandTimeoutMs)(?=.*boot)/s),
    });
  });

  it('is not led astray by options that change after the boot', async () => {
    const mutable: { [key: string]: unknown } = { ...options(), keyPrefix: 'app:', [nameOf(driver)]: {} };
    const app = await apps.start([RedisModule.forRoot(mutable)]);
    Object.assign(mutable, { url: other.url, keyPrefix: 'evil:', password: 'x' });
    Object.assign(mutable[nameOf(driver)] as object, { db: 3, database: 3, connectionName: 'evil', name: 'evil' });
    const redis = app.get(RedisService);
    await redis.commands.set('k', 'v');
    await redis.duplicate('pubsub');
    expect(await server.command('GET', 'app:k')).toBe('v');
    expect((await server.clients()).map(({ name, db }) => ({ name, db }))).toEqual([
      { name: '', db: 0 },
      { name: '', db: 0 },
    ]);
  });

  it('speaks to the test’s own client in place of its own, and opens no other socket', async () => {
    const client =
      driver === 'ioredis' ? new Redis({ port: server.port, lazyConnect: true }) : createClient({ url: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const app = await apps.start([RedisModule.forRoot(options(other.url)), GreeterModule], {}, [
      [REDIS_CLIENT, client],
    ]);
    const { redis, client: injected } = app.get(Greeter, { strict: false });
    expect(injected).toBe(client);
    expect(redis).toMatchObject({ state: 'connected', driver });
    expect(await redis.ensureReadyClient()).toBe(client);
    await redis.commands.set('k', 'v');
    expect(await server.command('GET', 'k')).toBe('v');
    expect(await server.clientCount()).toBe(1);
    expect(await other.clientCount()).toBe(0);
    await app.close();
    expect(await server.clientCount()).toBe(1);
    if (client instanceof Redis) client.disconnect();
    else client.destroy();
  });

  it('warns of a client that is unsafe to share', async () => {
    const client = new Redis({ port: server.port, lazyConnect: true, keyPrefix: 'theirs:' });
    await client.connect();
    const app = await apps.start([RedisModule.forRoot({ client })]);
    const warnings = apps.log.lines.filter((line) => line.startsWith('warn'));
    expect(warnings.join('\n')).toMatch(/has keyPrefix,.*\n.*has autoResendUnfulfilledCommands,/);
    await app.close();
    client.disconnect();
  });
});

function nameOf(driver: string): string {
  return driver === 'ioredis' ? 'ioredis' : 'nodeRedis';
}
