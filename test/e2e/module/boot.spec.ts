import { createServer, type AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  RedisClientFactory,
  RedisModule,
  RedisService,
  REDIS_CLIENT,
  type RedisModuleOptions,
} from '../../../lib/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { timed, untilState } from '../../contract/connection/bench.js';
import { Apps } from './apps.js';

const CONNECT_TIMEOUT_MS = 600;

describeEachDriver('boot', (driver) => {
  const apps = new Apps();
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let sentinel: ProcessSentinel;

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  const module = (options: RedisModuleOptions): ReturnType<typeof RedisModule.forRoot> =>
    RedisModule.forRoot({ driver, connectTimeoutMs: CONNECT_TIMEOUT_MS, watchdogIntervalMs: 200, ...options });

  const expectBootFailure = async (options: RedisModuleOptions, kind: string): Promise<void> => {
    const ms = await timed(() =>
      expect(apps.start([module(options)])).rejects.toMatchObject({ name: 'RedisError', redisErrorKind: kind }),
    );
    expect(ms).toBeLessThan(CONNECT_TIMEOUT_MS + 1_000);
    await eventually(async () => (await server.clientCount()) === 0);
  };

  it('fails fast in time, by kind: nothing listens', async () => {
    const port = await freePort();
    await expectBootFailure({ host: '127.0.0.1', port }, 'refused');
    releasePort(port);
  });

  it('fails fast in time, by kind: nobody answers', async () => {
    proxy.silent();
    await expectBootFailure({ url: proxy.url }, 'connect-timeout');
  });

  it('fails fast in time, by kind: no such host', () => expectBootFailure({ host: 'no-such-host.invalid' }, 'dns'));

  it('fails fast at once, by kind: TLS to something that does not speak it', async () => {
    const stranger = createServer((socket) =>
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as AddressInfo;
    await expectBootFailure({ host: '127.0.0.1', port, tls: true }, 'tls');
    stranger.close();
  });

  it('waits for a server that comes in time', async () => {
    await proxy.refuse();
    const starting = apps.start([module({ url: proxy.url, connectTimeoutMs: 5_000 })]);
    await proxy.pass();
    expect((await starting).get(RedisService).state).toBe('connected');
  });

  it('goes on degraded, refuses calls, and connects later', async () => {
    await proxy.refuse();
    const app = await apps.start([module({ url: proxy.url, boot: 'degrade' })]);
    const redis = app.get(RedisService);
    await expect(redis.ping()).rejects.toMatchObject({ redisErrorKind: 'unavailable', outcome: 'not-sent' });
    await untilState(redis, 'failed');
    expect(apps.log.lines.filter((line) => line.includes('-> failed'))).toEqual([
      expect.stringMatching(/^error .* It is tried again in the background, with pauses of at most 5 s\./),
    ]);
    const told = apps.log.lines.filter((line) => line.includes('not connected yet'));
    expect(told).toEqual([expect.stringMatching(/^warn 127\.0\.0\.1:\d+: not connected yet \[\S+\] /)]);
    await proxy.pass();
    await untilState(redis, 'connected');
    expect(await redis.ping()).toBeGreaterThan(0);
    expect(await server.clientCount()).toBe(1);
  });

  it('degraded fails all the same for what can be known without a server', async () => {
    await expectBootFailure({ boot: 'degrade', url: 'redis://host:99999999' }, 'configuration');
    await expectBootFailure({ boot: 'degrade', host: 'h', tls: { caFile: '/no/such/file' } }, 'configuration');
  });

  it('disabled opens nothing, and its client says which flag', async () => {
    const app = await apps.start([module({ url: proxy.url, enabled: false })]);
    const redis = app.get(RedisService);
    expect(redis).toMatchObject({ state: 'disabled', isEnabled: false, driver: undefined });
    const client = app.get<{ get(key: string): unknown }>(REDIS_CLIENT);
    expect(() => client.get('k')).toThrow(expect.objectContaining({ redisErrorKind: 'disabled' }));
    expect(() => client.get('k')).toThrow(/enabled: false/);
    expect(await Promise.resolve(client)).toBe(client);
    await app.close();
    expect(proxy.total).toBe(0);
    expect(apps.log.lines.filter((line) => /Redis is|->/.test(line))).toEqual(['log Redis is off (enabled: false)']);
  });

  it('that another provider fails leaves a connection, which its caller closes in one line', async () => {
    const well = await apps.start([module({ url: proxy.url })]);
    const failing = { provide: 'FAILING', inject: [RedisService], useFactory: () => Promise.reject(new Error('no')) };
    class App {}
    Module({ imports: [module({ url: proxy.url })], providers: [failing] })(App);
    const booting = NestFactory.createApplicationContext(App, { abortOnError: false, logger: false });
    await expect(booting).rejects.toThrow('no');
    expect(await server.clientCount()).toBe(2);
    await RedisModule.closeFailedBoot();
    await eventually(async () => (await server.clientCount()) === 1);
    expect(well.get(RedisService).state).toBe('connected');
    expect(await well.get(RedisService).ping()).toBeGreaterThan(0);
  });

  it('that another provider fails meanwhile is ended by the same line', async () => {
    await server.freeze();
    const failing = { provide: 'FAILING', useFactory: () => Promise.reject(new Error('no')) };
    class App {}
    Module({ imports: [module({ url: proxy.url, connectTimeoutMs: 20_000 })], providers: [failing] })(App);
    const booting = NestFactory.createApplicationContext(App, { abortOnError: false, logger: false });
    await expect(booting).rejects.toThrow('no');
    await RedisModule.closeFailedBoot();
    await server.thaw();
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('outside Nest is the same, and closed by its caller', async () => {
    const redis = await RedisClientFactory.create({ driver, url: proxy.url, keyPrefix: 'script:' });
    expect(redis.getClient()).toBe(await redis.ensureReadyClient());
    await redis.commands.set('k', 'v');
    expect(await server.command('GET', 'script:k')).toBe('v');
    await redis.close();
    await redis.close();
    expect(await server.clientCount()).toBe(0);
    const refused = RedisClientFactory.create({ driver, host: '127.0.0.1', port: 1, connectTimeoutMs: 300 });
    await expect(refused).rejects.toMatchObject({ redisErrorKind: 'refused' });
  });

  it('says each change of state in one line, however many attempts there were', async () => {
    const app = await apps.start([module({ url: proxy.url })]);
    const redis = app.get(RedisService);
    await proxy.refuse();
    proxy.reset();
    await untilState(redis, 'reconnecting');
    const attempts = new Promise((resolve) => setTimeout(resolve, 1_000));
    await attempts;
    await proxy.pass();
    await untilState(redis, 'connected');
    await app.close();
    const ours = apps.log.lines.filter((line) => line.includes('->'));
    expect(ours.map((line) => /(log|error) 127\.0\.0\.1:\d+: (\w+ -> \w+) after \d+ ms/.exec(line)?.slice(1))).toEqual([
      ['log', 'uninitialized -> connecting'],
      ['log', 'connecting -> connected'],
      ['error', 'connected -> reconnecting'],
      ['log', 'reconnecting -> connected'],
      ['log', 'connected -> closed'],
    ]);
  });
});
