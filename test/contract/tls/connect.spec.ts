import type { Redis } from 'ioredis';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { TlsFiles } from '../../support/tls-files.js';
import { Bench, nextChange, untilState } from '../connection/bench.js';

/** A busy machine takes its time over a key exchange. */
const PATIENT = { connectTimeoutMs: 5_000, commandTimeoutMs: 1_000 } as const;

describeEachDriver('a connection over TLS', (driver) => {
  const bench = new Bench(driver);
  let files: TlsFiles;
  let server: RedisTestServer;

  beforeAll(() => {
    files = new TlsFiles();
  });

  afterAll(() => files.remove());

  afterEach(() => server.stop());

  const start = async (authClients = false): Promise<void> => {
    server = await RedisTestServer.start({ tls: { ...files.show(files.server), authClients } });
  };

  const works = async (options: RedisModuleOptions): Promise<void> => {
    const redis = await bench.open({ ...options, ...PATIENT });
    await redis.commands.set('k', 'v');
    expect(await redis.commands.get('k')).toBe('v');
    expect(await server.clientCount()).toBe(1);
  };

  it.each<[string, () => RedisModuleOptions]>([
    ['the authority as text', () => ({ url: server.url, tls: { ca: files.ca } })],
    ['the authority as a file', () => ({ url: server.url, tls: { caFile: files.caFile } })],
    ['several authorities', () => ({ url: server.url, tls: { ca: `${files.stranger.cert}\n${files.ca}` } })],
    ['a host by name', () => ({ host: 'localhost', port: server.port, tls: { ca: files.ca } })],
    [
      'a name that is not the host’s',
      () => ({ url: server.url, tls: { ca: files.ca, servername: 'localhost' }, username: '', password: '' }),
    ],
    [
      'the variables',
      () => redisOptionsFromEnv({ REDIS_URL: server.url, REDIS_TLS: 'required', REDIS_TLS_CA_FILE: files.caFile }),
    ],
    [
      'settings of the driver’s own beside them',
      () => ({
        url: server.url,
        tls: { ca: files.ca },
        ioredis: { tls: { minVersion: 'TLSv1.2' } },
        nodeRedis: { socket: { minVersion: 'TLSv1.2' } },
      }),
    ],
  ])('is made with %s', async (_what, options) => {
    await start();
    await works(options());
  });

  it('shows a client certificate, as text, as files, and by variables', async () => {
    await start(true);
    const { ca, caFile, client } = files;
    const byText = { url: server.url, tls: files.as(client) };
    const byFile = { url: server.url, tls: { ca, certFile: client.certFile, keyFile: client.keyFile } };
    const byEnv = redisOptionsFromEnv({
      REDIS_URL: server.url,
      REDIS_TLS_CA_FILE: caFile,
      REDIS_TLS_CERT_FILE: client.certFile,
      REDIS_TLS_KEY_FILE: client.keyFile,
    });
    for (const options of [byText, byFile, byEnv]) {
      const redis = await bench.open({ ...options, ...PATIENT });
      expect(await redis.ping()).toBeGreaterThan(0);
    }
    expect(await server.clientCount()).toBe(3);
  });

  it('comes back after its server showed a renewed certificate, and with it what was duplicated', async () => {
    await start(true);
    const redis = await bench.open({ url: server.url, tls: files.as(files.client), ...PATIENT });
    const duplicate = (await redis.duplicate('pubsub')) as unknown as Redis;
    expect(redis.sockets).toEqual({ client: 1, pubsub: 1 });
    // The port speaks TLS only: each of the two came in by it.
    expect(await server.clientCount()).toBe(2);
    const back = nextChange(redis, 'connected', 10_000);
    files.show(files.renewed);
    await server.restart();
    await back;
    expect(await redis.ping()).toBeGreaterThan(0);
    // The server counts a socket that has not logged in yet.
    await eventually(() => redis.sockets['pubsub'] === 1);
    expect(await server.clientCount()).toBe(2);
    expect(await duplicate.ping()).toBe('PONG');
  });

  it('survives a lost and a frozen server like any other', async () => {
    await start();
    const proxy = await TcpProxy.start(server);
    const url = proxy.url.replace('redis:', 'rediss:');
    const redis = await bench.open({ url, tls: { ca: files.ca } });
    const lost = nextChange(redis, 'reconnecting');
    proxy.reset();
    await lost;
    await untilState(redis, 'connected');
    const dropped = nextChange(redis, 'reconnecting');
    await server.freeze();
    await dropped;
    await server.thaw();
    await untilState(redis, 'connected', 10_000);
    expect(await redis.ping()).toBeGreaterThan(0);
    await redis.close();
    await proxy.stop();
  });
});
