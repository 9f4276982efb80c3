import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RedisConnectionErrorEvent } from '../../../lib/utils/redis-events.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { TlsFiles } from '../../support/tls-files.js';
import { Bench, failureOf, timed, untilState } from '../connection/bench.js';
import { RecordingPeer } from '../../support/recording-peer.js';

const PASSWORD = 'open-sesame';
/** Longer than a verdict takes. */
const PATIENT = { connectTimeoutMs: 8_000 } as const;
const HTTP = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

const FAILURES = 'nestjs-redis-hub:connection-error';

/** The kinds of the next failed attempts, of whatever connection. */
async function failedAttempts(count: number): Promise<string[]> {
  const kinds: string[] = [];
  const reached = deferred();
  const listener = (event: unknown): void => {
    if (kinds.push((event as RedisConnectionErrorEvent).kind) === count) reached.resolve();
  };
  subscribe(FAILURES, listener);
  try {
    await withDeadline(reached.promise, { timeoutMs: 15_000, what: `${count} failed attempts` });
    return kinds;
  } finally {
    unsubscribe(FAILURES, listener);
  }
}

describeEachDriver('a port that speaks another language', (driver) => {
  const bench = new Bench(driver);
  let files: TlsFiles;
  let port = 0;

  beforeAll(() => {
    files = new TlsFiles();
  });

  afterAll(() => files.remove());

  const plainly = (): Promise<RedisTestServer> =>
    RedisTestServer.start({ password: PASSWORD, ...(port > 0 && { port }) });
  const overTls = (): Promise<RedisTestServer> =>
    RedisTestServer.start({ password: PASSWORD, tls: files.show(files.server), ...(port > 0 && { port }) });
  const optionsFor = (scheme: 'redis' | 'rediss', at: { readonly port: number }): object => ({
    url: `${scheme}://:${PASSWORD}@127.0.0.1:${at.port}`,
    ...(scheme === 'rediss' && { tls: { ca: files.ca } }),
  });

  beforeEach(() => {
    port = 0;
  });

  it.each([
    ['rediss' as const, plainly, 'answers in plain text', 'Turn TLS off (redis://), or use the port of the server'],
    ['redis' as const, overTls, 'speaks TLS', 'Turn TLS on: rediss:// in the address'],
  ])('fails the boot with kind tls before the time is over: %s to a port of the other kind', async (...row) => {
    const [scheme, start, said, advice] = row;
    const server = await start();
    for (const connectTimeoutMs of [1_500, 8_000]) {
      let error!: Error;
      const opening = bench.open({ ...optionsFor(scheme, server), connectTimeoutMs });
      expect(await timed(async () => (error = await failureOf(opening)))).toBeLessThan(5_000);
      expect(error).toMatchObject({ redisErrorKind: 'tls', outcome: 'not-sent' });
      expect(error.message).toContain(said);
      expect(error.message).toContain(advice);
      expect(error.message).not.toContain(PASSWORD);
      expect(error.message).not.toContain('within');
    }
    await eventually(async () => (await server.clientCount()) === 0);
    await server.stop();
  });

  it.each([
    ['rediss' as const, plainly, overTls],
    ['redis' as const, overTls, plainly],
  ])('says so once, and connects when the port changes: %s', async (scheme, start, startRight) => {
    const wrong = await start();
    port = wrong.port;
    const redis = await bench.degraded({ ...optionsFor(scheme, wrong), ...PATIENT });
    await untilState(redis, 'failed');
    expect(await failureOf(redis.commands.get('k'))).toMatchObject({ redisErrorKind: 'tls' });
    await wrong.stop();
    const right = await startRight();
    await redis.ensureReadyClient();
    expect(await redis.ping()).toBeGreaterThan(0);
    await redis.close();
    await right.stop();
  });

  it.each([
    ['rediss' as const, plainly],
    ['redis' as const, overTls],
  ])('is found out for the nodes of a cluster too: %s', async (scheme, start) => {
    const server = await start();
    const options = { ...optionsFor(scheme, server), cluster: true, ...PATIENT };
    let error!: Error;
    expect(await timed(async () => (error = await failureOf(bench.open(options))))).toBeLessThan(5_000);
    expect(error).toMatchObject({ redisErrorKind: 'tls' });
    await eventually(async () => (await server.clientCount()) === 0);
    await server.stop();
  });

  it.each([
    ['rediss' as const, plainly, 'answers in plain text'],
    ['redis' as const, overTls, 'speaks TLS'],
  ])('is found out for sentinels too: %s', async (scheme, start, said) => {
    const server = await start();
    const { port: at } = server;
    const sentinel = { name: 'main', nodes: [{ host: '127.0.0.1', port: at }], tls: scheme === 'rediss' };
    const error = await failureOf(bench.open({ sentinel, connectTimeoutMs: 2_500 }));
    expect(error).toMatchObject({ redisErrorKind: 'tls', message: expect.stringContaining(said) });
    await server.stop();
  });

  it.each(['redis' as const, 'rediss' as const])('tells of a web server: %s', async (scheme) => {
    const peer = await RecordingPeer.start((socket) => socket.once('data', () => socket.end(HTTP)));
    const error = await failureOf(bench.open(optionsFor(scheme, peer)));
    expect(error.message).toContain('The port answers in HTTP: a web server listens there');
    expect(error.redisErrorKind).toBe(scheme === 'rediss' ? 'tls' : 'connection-lost');
    await peer.stop();
  });

  it('tells of a server that greets in plain text', async () => {
    const peer = await RecordingPeer.start((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    const error = await failureOf(bench.open({ ...optionsFor('rediss', peer), ...PATIENT }));
    expect(error).toMatchObject({ redisErrorKind: 'tls', message: expect.stringContaining('answers in plain text') });
    await peer.stop();
  });
});

describeEachDriver('a port that says nothing', (driver) => {
  const bench = new Bench(driver);
  let files: TlsFiles;
  const optionsFor = (at: { readonly port: number }): object => ({
    url: `rediss://:${PASSWORD}@127.0.0.1:${at.port}`,
    tls: { ca: files.ca },
    ...PATIENT,
  });

  beforeAll(() => {
    files = new TlsFiles();
  });

  afterAll(() => files.remove());

  it('ends an attempt over TLS long before the time for a connection is over, and connects when it speaks', async () => {
    const server = await RedisTestServer.start({ tls: files.show(files.server), password: PASSWORD });
    const proxy = await TcpProxy.start(server);
    proxy.silent();
    const failed = failedAttempts(1);
    const redis = await bench.degraded(optionsFor(proxy));
    expect(await timed(() => failed)).toBeLessThan(5_000);
    expect(redis.state).toBe('connecting');
    await proxy.pass();
    await untilState(redis, 'connected');
    await redis.close();
    await eventually(async () => (await server.clientCount()) === 0);
    await proxy.stop();
    await server.stop();
  });

  it('keeps its kind, connect-timeout: a frozen server, with TLS and without', async () => {
    const find = async (tls: boolean): Promise<void> => {
      const server = await RedisTestServer.start({ password: PASSWORD, ...(tls && { tls: files.show(files.server) }) });
      await server.freeze();
      const address = tls ? optionsFor(server) : { url: server.url };
      // Longer than the first attempt has, in which the port is asked.
      const error = await failureOf(bench.open({ ...address, connectTimeoutMs: 2_800 }));
      expect(error).toMatchObject({ redisErrorKind: 'connect-timeout', outcome: 'not-sent' });
      await server.thaw();
      await server.stop();
    };
    await Promise.all([find(false), find(true)]);
  });

  it('is asked on one socket at a time, not at each attempt, and told nothing that is secret', async () => {
    const peer = await RecordingPeer.start();
    const failed = failedAttempts(2);
    const redis = await bench.degraded(optionsFor(peer));
    expect(await failed).toEqual(['connect-timeout', 'connect-timeout']);
    expect(peer.asked).toEqual(['PING\r\n']);
    expect(peer.most).toBeLessThanOrEqual(2);
    expect(peer.heard.join()).not.toContain(PASSWORD);
    await redis.close();
    await eventually(() => peer.open === 0);
    await peer.stop();
  });

  it('is left at once when the connection is closed while it is asked', async () => {
    const peer = await RecordingPeer.start();
    const redis = await bench.degraded(optionsFor(peer));
    await eventually(() => peer.asked.length === 1);
    expect(await timed(() => redis.close())).toBeLessThan(1_000);
    await eventually(() => peer.open === 0);
    await peer.stop();
  });
});

describeEachDriver('a port that hangs up', (driver) => {
  const bench = new Bench(driver);

  it.each(['redis', 'rediss'])(
    'keeps its kind, connection-lost, and is not asked at each attempt: %s',
    async (scheme) => {
      const peer = await RecordingPeer.start((socket) => socket.once('data', () => socket.resetAndDestroy()));
      const failed = failedAttempts(3);
      const redis = await bench.degraded({ url: `${scheme}://:${PASSWORD}@127.0.0.1:${peer.port}`, ...PATIENT });
      expect(await failed).toEqual(Array.from({ length: 3 }, () => 'connection-lost'));
      const attempts = peer.heard.length;
      // One question in plain text and one in TLS, for three attempts at least.
      expect(peer.asked.length).toBeLessThanOrEqual(1);
      expect(attempts).toBeLessThanOrEqual(6);
      await redis.close();
      await eventually(() => peer.open === 0);
      await peer.stop();
    },
  );
});
