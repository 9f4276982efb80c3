import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, Module } from '@nestjs/common';
import type { ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ContextCache, ContextModule, getContextToken, InjectContext } from '../../../lib/context/index.js';
import type {
  ContextFeatureExtras,
  ContextMessage,
  ContextModuleOptions,
  ContextOptionsFactory,
  ContextReadEvent,
} from '../../../lib/context/index.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { getRedisConnectionToken } from '../../../lib/redis.constants.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { contents } from './context-app.js';
import { LoaderDouble, row } from './loader-double.js';

const user = (content: string): ContextMessage => ({ role: 'user', content });

const ignore = (): void => undefined;

async function start(imports: ModuleMetadata['imports'], rest: ModuleMetadata = {}): Promise<TestingModule> {
  const builder = Test.createTestingModule({ ...rest, imports: imports ?? [] });
  const module = await builder.setLogger({ log: ignore, warn: ignore, error: ignore }).compile();
  return module.init();
}

@Injectable()
class Options implements ContextOptionsFactory {
  createContextOptions(): ContextModuleOptions {
    return { maxMessages: 2 };
  }
}

@Module({ providers: [Options], exports: [Options] })
class OptionsModule {}

/** Where nobody imported the contexts. */
@Injectable()
class Desk {
  constructor(
    @InjectContext() readonly usual: ContextCache,
    @InjectContext('support') readonly support: ContextCache,
    readonly byClass: ContextCache,
  ) {}
}

@Module({ providers: [Desk] })
class DeskModule {}

describeEachDriver('a named context', (driver) => {
  let server: RedisTestServer;

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(() => server.stop());

  const redis = () => RedisModule.forRoot({ driver, url: server.url });

  it('has chats, caps, expiry and lists of its own', async () => {
    const app = await start([
      redis(),
      ContextModule.forRoot({ maxMessages: 3 }),
      ContextModule.forFeature({ name: 'support', maxMessages: 2, ttlMs: 60_000 }),
      ContextModule.forFeature({ name: '{x}:*', maxMessages: 1, tenant: 'acme' }),
      DeskModule,
    ]);
    const { usual, byClass, support } = app.get(Desk, { strict: false });
    const odd = app.get<ContextCache>(getContextToken('{x}:*'));
    expect(byClass).toBe(usual);
    for (const [name, cache] of Object.entries({ usual, support, odd })) {
      for (const n of [1, 2, 3]) await cache.append('c', user(`${name} ${n}`), { userId: 'ada' });
    }
    expect(contents(await usual.recent('c'))).toEqual(['usual 1', 'usual 2', 'usual 3']);
    expect(contents(await support.recent('c'))).toEqual(['support 2', 'support 3']);
    expect(contents(await odd.recent('c'))).toEqual(['odd 3']);
    expect(((await server.command('KEYS', '*')) as string[]).toSorted()).toEqual([
      'dialog:chat:%7Bx%7D%3A%2A:{acme:c}:m',
      'dialog:chat:%7Bx%7D%3A%2A:{acme:c}:s',
      'dialog:chat:support:{:c}:m',
      'dialog:chat:support:{:c}:s',
      'dialog:chat:{:c}:m',
      'dialog:chat:{:c}:s',
      'dialog:chats:%7Bx%7D%3A%2A:{acme:ada}',
      'dialog:chats:%7Bx%7D%3A%2A:{acme:}',
      'dialog:chats:support:{:ada}',
      'dialog:chats:{:ada}',
    ]);
    expect(await server.command('PTTL', 'dialog:chat:support:{:c}:m')).toBeLessThanOrEqual(60_000);
    expect(await support.delete('c')).toBe(true);
    expect(await support.chats('ada')).toEqual([]);
    expect(await usual.chats('ada')).toMatchObject([{ chatId: 'c' }]);
    expect(contents(await usual.recent('c'))).toHaveLength(3);
    await app.close();
  });

  it('loads from a loader of its own, by itself', async () => {
    const [db, other] = [new LoaderDouble(), new LoaderDouble()];
    db.write(row('of support'));
    other.write(row('of all'));
    const app = await start([
      redis(),
      ContextModule.forRoot({ loader: other.loader }),
      ContextModule.forFeature({ name: 'support', loader: db.loader }),
    ]);
    const support = app.get<ContextCache>(getContextToken('support'));
    db.hold = true;
    const begun = db.nextLoad();
    const reading = support.recent('c');
    await begun;
    expect(contents(await app.get(ContextCache).recent('c'))).toEqual(['of all']);
    (await begun).finish();
    expect(contents(await reading)).toEqual(['of support']);
    await app.get(ContextCache).clear('c');
    expect(await support.read('c')).toMatchObject({ source: 'redis', hit: true });
    await app.close();
  });

  it.each([
    ['forFeature', () => ContextModule.forFeature({ name: 'support', maxMessages: 2 })],
    [
      'forFeatureAsync with useFactory',
      () =>
        ContextModule.forFeatureAsync({
          name: 'support',
          imports: [OptionsModule],
          inject: [Options],
          useFactory: async (options: Options) => options.createContextOptions(),
        }),
    ],
    ['forFeatureAsync with useClass', () => ContextModule.forFeatureAsync({ name: 'support', useClass: Options })],
    [
      'forFeatureAsync with useExisting',
      () => ContextModule.forFeatureAsync({ name: 'support', imports: [OptionsModule], useExisting: Options }),
    ],
  ])('is made by %s, without forRoot', async (_how, create) => {
    const app = await start([redis(), create()]);
    const support = app.get<ContextCache>(getContextToken('support'));
    expect(() => app.get(ContextCache)).toThrow();
    await support.append('c', [user('1'), user('2'), user('3')]);
    expect(contents(await support.recent('c'))).toEqual(['2', '3']);
    expect(await server.clientCount()).toBe(1);
    await app.close();
  });

  it('says its name with each read, and to health', async () => {
    const app = await start([redis(), ContextModule.forRoot(), ContextModule.forFeature({ name: 'support' })]);
    const seen: (string | undefined)[] = [];
    const listen = (event: unknown): void => void seen.push((event as ContextReadEvent).context);
    subscribe('nestjs-redis-hub:context:read', listen);
    await app.get(ContextCache).recent('c');
    await app.get<ContextCache>(getContextToken('support')).recent('c');
    unsubscribe('nestjs-redis-hub:context:read', listen);
    expect(seen).toEqual([undefined, 'support']);
    expect(consumersOf(app)).toEqual(['context', 'context:support']);
    const connection = app.get<RedisConnectionHandle>(getRedisConnectionToken());
    await app.close();
    expect(connection.consumers).toEqual([]);
  });

  it('fails the boot with what its connection fails with', async () => {
    const refused = RedisModule.forRoot({ driver, host: '127.0.0.1', port: 1, name: 'chats', connectTimeoutMs: 300 });
    const imports = [refused, ContextModule.forRoot({ connection: 'chats' }), ContextModule.forFeature({ name: 'a' })];
    await expect(start(imports)).rejects.toMatchObject({
      redisErrorKind: expect.stringMatching(/^(refused|connect-timeout)$/),
    });
    await RedisModule.closeFailedBoot();
  });
});

function consumersOf(app: TestingModule, connection?: string): string[] {
  return app.get<RedisConnectionHandle>(getRedisConnectionToken(connection)).consumers.map(({ name }) => name);
}

describe('the connection of a named context', () => {
  const off = (name?: string) => RedisModule.forRootAsync({ ...(name && { name }), useFactory: later });
  const later = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { enabled: false };
  };
  const root = (extras: { connection?: string; isGlobal?: boolean } = {}) => ContextModule.forRoot(extras);
  const named = (name: string, extras: Omit<ContextFeatureExtras, 'name'> = {}) =>
    ContextModule.forFeature({ name, ...extras });

  it('is that of forRoot, wherever it is imported, and else the default one, or its own', async () => {
    const app = await start([
      named('a'),
      root({ connection: 'chats' }),
      off(),
      off('chats'),
      named('b', { connection: 'default' }),
    ]);
    expect(consumersOf(app, 'chats').toSorted()).toEqual(['context', 'context:a']);
    expect(consumersOf(app)).toEqual(['context:b']);
    await app.close();
    const rootless = await start([named('a'), off(), off('chats'), named('b', { connection: 'chats' })]);
    expect(consumersOf(rootless)).toEqual(['context:a']);
    expect(consumersOf(rootless, 'chats')).toEqual(['context:b']);
    await rootless.close();
    const local = await start([off('chats'), named('a'), root({ connection: 'chats', isGlobal: false })]);
    expect(consumersOf(local, 'chats').toSorted()).toEqual(['context', 'context:a']);
    await local.close();
  });

  it.each([
    [
      'two of one name',
      () => [named('a'), named('a')],
      /^The context "a" was imported 2 times on the connection "default"\./,
    ],
    [
      'two of one name that are not global',
      () => [named('a', { isGlobal: false }), named('a', { isGlobal: false, connection: 'default' })],
      /Import it once .* or give the further ones another name by forFeature/,
    ],
    [
      'one on the connection of forRoot, and its namesake told that connection',
      () => [root({ connection: 'chats' }), named('a'), named('a', { connection: 'chats' })],
      /"a" was imported 2 times on the connection "chats"/,
    ],
    [
      'two without a name',
      () => [root(), root()],
      /ContextModule.forRoot was imported 2 times on the connection "default"/,
    ],
    [
      'two of one name everywhere',
      () => [named('a'), named('a', { connection: 'chats' })],
      /^The context "a" is global on 2 connections\. .*isGlobal: false/,
    ],
    [
      'one that is nowhere',
      () => [root(), root({ connection: 'chats', isGlobal: false }), named('a')],
      /^The context "a" has no connection of its own, and forRoot was imported for several/,
    ],
    ['one without a name', () => [ContextModule.forFeature({} as never)], /name must not be empty/],
    ['one whose name is no text', () => [named(7 as never)], /name must be text/],
    [
      'one whose factory gives a name',
      () => [ContextModule.forFeatureAsync({ name: 'a', useFactory: () => ({ name: 'b' }) as never })],
      /cannot start the context "a" .*name is static/,
    ],
    ['faulty options', () => [ContextModule.forFeature({ name: 'a', maxMessages: 0 })], /context "a" .*maxMessages/],
  ])('refuses %s', async (_what, imports, message) => {
    await expect(start([off(), off('chats'), ...imports()])).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringMatching(message),
    });
  });

  it('leaves two of one name apart that are seen by their own modules only', async () => {
    @Injectable()
    class Reader {
      constructor(@InjectContext('a') readonly cache: ContextCache) {}
    }
    const at = (connection: string) => {
      @Module({ imports: [named('a', { connection, isGlobal: false })], providers: [Reader], exports: [ContextModule] })
      class Local {}
      return Local;
    };
    const [one, other] = [at('default'), at('chats')];
    const app = await start([off(), off('chats'), one, other]);
    const cacheIn = (local: typeof one) => app.select(local).get(Reader, { strict: true }).cache;
    expect(cacheIn(one) === cacheIn(other)).toBe(false);
    expect([consumersOf(app), consumersOf(app, 'chats')]).toEqual([['context:a'], ['context:a']]);
    await app.close();
  });
});
