import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { RedisModule } from '../../../lib/redis.module.js';
import { SessionModule, SessionStore, memoryTier } from '../../../lib/session/index.js';
import type { SessionModuleOptions, SessionOptionsFactory } from '../../../lib/session/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SessionApp, expectQuiet } from './session-app.js';
import { storedData } from './stored-session.js';

describeEachDriver('SessionStore without a fallback', (driver) => {
  let server: RedisTestServer;
  let app: SessionApp;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    app = await SessionApp.start(driver, server, { session: { fallback: [], required: false } });
  });
  afterEach(async () => {
    await app.stop();
    await server.stop();
  });

  it('serves from Redis, and passes its errors on while it is out', async () => {
    await app.sessions.set('a', { n: 1 });
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    await server.kill();
    await app.until({ tier: 'none', degraded: true });
    for (const call of [
      () => app.sessions.get('a'),
      () => app.sessions.set('a', {}),
      () => app.sessions.touch('a'),
      () => app.sessions.destroy('a'),
    ]) {
      await expect(call()).rejects.toMatchObject({ redisErrorKind: 'unavailable', outcome: 'not-sent' });
    }
    expect(app.connection.consumers).toEqual([
      expect.objectContaining({ name: 'session', required: false, hasFallback: false }),
    ]);
    expect(app.connection.consumers[0]?.tier()).toBe('none');
    await server.restart();
    await app.until({ tier: 'redis', degraded: false });
    expect(await app.sessions.set('a', { n: 2 })).toBe(true);
    expect(await app.sessions.get('a')).toEqual({ n: 2 });
  });

  it('says that the outcome of a write is unknown when Redis froze', async () => {
    await server.freeze();
    await expect(app.sessions.set('a', {})).rejects.toMatchObject({
      redisErrorKind: 'command-timeout',
      outcome: 'unknown',
    });
    await server.thaw();
    await app.until({ tier: 'redis', degraded: false });
  });
});

describeEachDriver('SessionStore on a Redis that is off', (driver) => {
  it('serves from memory, which may then say "not found", and is not degraded', async () => {
    const app = await SessionApp.start(driver, undefined);
    expect(app.sessions.status()).toMatchObject({ tier: 'memory', degraded: false, dirty: 0 });
    expect(await app.sessions.get('a')).toBeUndefined();
    expect(await app.sessions.touch('a')).toBe(false);
    expect(await app.sessions.set('a', { n: 1 })).toBe(true);
    expect(await app.sessions.touch('a', { ttlMs: 600_000_000 })).toBe(true);
    expect((await app.sessions.getWithExpiry('a'))!.expiresAt).toBeGreaterThan(Date.now() + 599_000_000);
    expect(await app.sessions.get('a')).toEqual({ n: 1 });
    await app.sessions.destroy('a');
    expect(await app.sessions.set('a', { n: 2 })).toBe(false);
    expect(await app.sessions.get('a')).toBeUndefined();
    expect(app.sessions.status()).toMatchObject({ tier: 'memory', degraded: false, dirty: 0 });
    await app.stop();
  });

  it('drops the least recently used when memory is full, since nothing waits for Redis', async () => {
    const tier = memoryTier({ maxSessions: 2 });
    const app = await SessionApp.start(driver, undefined, { session: { fallback: [tier] } });
    for (const id of ['a', 'b', 'c']) expect(await app.sessions.set(id, {})).toBe(true);
    expect(await app.sessions.get('a')).toBeUndefined();
    expect(tier.stats).toEqual({ sessions: 2, dirty: 0, evicted: 1 });
    await app.stop();
  });

  it('says that it is off where there is no fallback either', async () => {
    const app = await SessionApp.start(driver, undefined, { session: { fallback: [] } });
    await expect(app.sessions.get('a')).rejects.toMatchObject({ redisErrorKind: 'disabled' });
    await expect(app.sessions.set('a', {})).rejects.toMatchObject({ redisErrorKind: 'disabled' });
    expect(app.sessions.status().tier).toBe('none');
    await app.stop();
  });
});

describeEachDriver('SessionStore in an app that booted without Redis', (driver) => {
  it('takes changes into memory, and brings them to Redis when it comes', async () => {
    const sentinel = ProcessSentinel.start();
    const server = await RedisTestServer.start();
    await server.kill();
    const app = await SessionApp.start(driver, server, { redis: { boot: 'degrade', connectTimeoutMs: 500 } });
    expect(await app.sessions.set('early', { n: 1 })).toBe(true);
    expect(await app.sessions.get('early')).toEqual({ n: 1 });
    await expect(app.sessions.get('other')).rejects.toMatchObject({ redisErrorKind: 'unavailable' });
    expect(app.sessions.status()).toMatchObject({ tier: 'memory', degraded: true, dirty: 1 });
    await server.restart();
    await app.until({ tier: 'redis', degraded: false });
    expect(await storedData(server, 'dialog:session:early')).toBe('{"n":1}');
    await app.stop();
    await server.stop();
    await expectQuiet(sentinel);
  });
});

describe('SessionModule', () => {
  let server: RedisTestServer;
  beforeEach(async () => {
    // These keys are of a prefix of their own: as the default user, whoever else the run is.
    server = await RedisTestServer.start({ acl: [] });
  });
  afterEach(() => server.stop());

  class Options implements SessionOptionsFactory {
    createSessionOptions(): SessionModuleOptions {
      return { keyPrefix: 'app:s:', ttlMs: 5_000 };
    }
  }

  it('is configured by a class, on a connection by name', async () => {
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ name: 'logins', url: server.url, keyPrefix: 'hub:' }),
        SessionModule.forRootAsync({ useClass: Options, connection: 'logins' }),
      ],
    })
      .setLogger(false as never)
      .compile();
    await module.init();
    await module.get(SessionStore).set('a', {});
    expect(await server.command('KEYS', '*')).toEqual(['hub:app:s:a']);
    await module.close();
  });

  it('fails the boot with one error that names every wrong option', async () => {
    const compiling = Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ enabled: false }),
        SessionModule.forRootAsync({
          useFactory: () => ({ ttlMs: 0, keyPrefix: '', connection: 'x' }) as SessionModuleOptions,
        }),
      ],
    })
      .setLogger(false as never)
      .compile();
    await expect(compiling).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringMatching(/ttlMs .*keyPrefix .*connection is static/),
    });
  });

  it('stays private to its importers where it is told to', async () => {
    const module = await Test.createTestingModule({
      imports: [RedisModule.forRoot({ enabled: false }), SessionModule.forRoot({ isGlobal: false, ttlMs: 1_000 })],
    })
      .setLogger(false as never)
      .compile();
    await module.init();
    expect(module.get(SessionStore, { strict: false })).toBeInstanceOf(SessionStore);
    await module.close();
  });
});
