import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { RedisError } from '../../../lib/errors/redis.error.js';
import { defineScript } from '../../../lib/commands/define-script.js';
import type { StandaloneRedis } from '../../../lib/redis-client.factory.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, until } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, FAST, failureOf, nextChange, recordStates, timed, untilState } from './bench.js';

describeEachDriver('an outage', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let proxy: TcpProxy;

  beforeEach(async () => {
    server = await RedisTestServer.start({ appendonly: true });
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  const open = (): Promise<StandaloneRedis> => bench.open({ url: proxy.url });

  it('of a frozen server costs a few deadlines, then calls fail at once; it recovers when thawed', async () => {
    const redis = await open();
    await server.freeze();
    const errors: RedisError[] = [];
    const spentMs = await timed(async () => {
      for (let n = 0; n < 100; n += 1) errors.push(await failureOf(redis.commands.get('k')));
    });
    expect(spentMs).toBeLessThan(5 * FAST.commandTimeoutMs + 500);
    const late = errors.filter(({ redisErrorKind }) => redisErrorKind === 'command-timeout');
    expect(late).toHaveLength(3);
    for (const error of late) expect(error).toMatchObject({ outcome: 'unknown', operation: 'get' });
    for (const error of errors.slice(3))
      expect(error).toMatchObject({ redisErrorKind: 'unavailable', outcome: 'not-sent' });
    await untilState(redis, 'reconnecting');
    await server.thaw();
    await untilState(redis, 'connected', 6_000);
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(await eventually(async () => (await server.clientCount()) === 1)).toBe(true);
  });

  it('that is short leaves the connection as it is', async () => {
    const redis = await open();
    const states = recordStates(redis);
    await server.freeze();
    const errors = await Promise.all([1, 2, 3, 4].map(() => failureOf(redis.commands.get('k'))));
    expect(errors.map(({ redisErrorKind }) => redisErrorKind)).toEqual(Array(4).fill('command-timeout'));
    expect(await failureOf(redis.commands.get('k'))).toMatchObject({ redisErrorKind: 'unavailable' });
    await server.thaw();
    await eventually(() => redis.commands.set('k', 'v'));
    expect(states).toEqual([]);
  });

  it('of a half-open socket ends within three seconds', async () => {
    const redis = await open();
    const connected = nextChange(redis, 'connected');
    proxy.halfOpen();
    expect(await timed(() => connected)).toBeLessThan(3_000);
    expect(await redis.commands.set('k', 'v')).toBe(true);
    expect(proxy.total).toBe(2);
  });

  it('of a half-open socket under traffic ends as soon', async () => {
    const redis = await open();
    const connected = nextChange(redis, 'connected');
    let isOver = false;
    const traffic = (async () => {
      while (!isOver) await redis.commands.set('k', 'v').catch(() => new Promise((go) => setTimeout(go, 5)));
    })();
    proxy.halfOpen();
    expect(await timed(() => connected)).toBeLessThan(3_000);
    isOver = true;
    await traffic;
    expect(proxy.total).toBe(2);
  });

  it('at the start, of a server that takes the connection and says nothing, ends when it speaks', async () => {
    proxy.silent();
    const redis = await bench.degraded({ url: proxy.url });
    const change = await nextChange(redis, 'failed');
    expect(change.error).toMatchObject({ redisErrorKind: 'connect-timeout' });
    await proxy.pass();
    await redis.ensureReadyClient({ timeoutMs: 5_000 });
    expect(await server.clientCount()).toBe(1);
  });

  it('by a reset costs one new socket', async () => {
    const redis = await open();
    const states = recordStates(redis);
    const connected = nextChange(redis, 'connected');
    proxy.reset();
    await connected;
    expect(states.map(({ to }) => to)).toEqual(['reconnecting', 'connected']);
    expect(states[0]?.error).toMatchObject({ redisErrorKind: 'connection-lost' });
    expect(proxy.total).toBe(2);
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it('by a reset settles every call in flight, once', async () => {
    const redis = await open();
    proxy.dropReplies();
    const calls = Array.from({ length: 20 }, () => failureOf(redis.commands.incrby('n', 1)));
    await eventually(async () => (await server.command('GET', 'n')) === '20');
    const connected = nextChange(redis, 'connected');
    proxy.reset();
    for (const error of await Promise.all(calls)) {
      expect(error.outcome).toBe('unknown');
      expect(['connection-lost', 'command-timeout']).toContain(error.redisErrorKind);
    }
    await proxy.pass();
    await connected;
    expect(await server.command('GET', 'n')).toBe('20');
  });

  it('that swallows replies executes nothing twice', async () => {
    const redis = await open();
    proxy.dropReplies();
    expect(await failureOf(redis.commands.incrby('n', 1))).toMatchObject({ outcome: 'unknown' });
    await untilState(redis, 'reconnecting');
    await proxy.pass();
    await untilState(redis, 'connected');
    expect(await redis.commands.get('n')).toBe('1');
  });

  it('by kill -9 keeps what was acknowledged and recovers on the same client', async () => {
    const redis = await open();
    const client = await redis.ensureReadyClient();
    const script = defineScript('count', "return redis.call('INCR', KEYS[1])");
    expect(await redis.commands.runScript(script, ['n'], [])).toBe(1);
    await server.kill();
    await untilState(redis, 'reconnecting');
    expect(await failureOf(redis.commands.incrby('n', 1))).toMatchObject({
      redisErrorKind: 'unavailable',
      outcome: 'not-sent',
    });
    await server.restart();
    expect(await redis.ensureReadyClient()).toBe(client);
    expect(await redis.commands.runScript(script, ['n'], [])).toBe(2);
    expect(await server.clientCount()).toBe(1);
  });

  it('never sends a script whole after its caller was told that it failed', async () => {
    const redis = await open();
    const script = defineScript('late', "return redis.call('INCR', KEYS[1])");
    proxy.delay(FAST.commandTimeoutMs);
    expect(await failureOf(redis.commands.runScript(script, ['n'], []))).toMatchObject({ outcome: 'unknown' });
    // A later question is answered after the late NOSCRIPT was.
    await eventually(async () => (await server.clients())[0]?.cmd === 'ping');
    await proxy.pass();
    await eventually(() => redis.ping());
    expect(await server.command('EXISTS', 'n')).toBe(0);
  });

  it('by a cut in the middle of a reply gives nobody half of it', async () => {
    const redis = await open();
    await server.command('SET', 'big', 'x'.repeat(100_000));
    proxy.cutAfter(50_000);
    expect(await failureOf(redis.commands.get('big'))).toMatchObject({ redisErrorKind: 'connection-lost' });
    await proxy.pass();
    await redis.ensureReadyClient();
    expect(await redis.commands.get('big')).toHaveLength(100_000);
  });

  it('by bytes that are no reply is ended by a new socket', async () => {
    const redis = await open();
    const connected = nextChange(redis, 'connected');
    proxy.inject('!!!garbage!!!\r\n');
    await connected;
    expect(proxy.open).toBe(1);
    expect(await redis.commands.set('k', 'v')).toBe(true);
  });

  it.each([':1\r\n', '+OK\r\n', '$5\r\nstray\r\n'])(
    'by a reply %j that nobody asked for gives it to nobody',
    async (bytes) => {
      const redis = await open();
      await redis.commands.set('k', 'right');
      proxy.inject(bytes);
      await eventually(async () => (await redis.commands.get('k')) === 'right');
      for (let n = 0; n < 5; n += 1) expect(await redis.commands.get('k')).toBe('right');
      expect(proxy.open).toBe(1);
    },
  );

  it('by a stray reply under a command never passes for a reply of another shape', async () => {
    const redis = await open();
    const connected = nextChange(redis, 'connected');
    proxy.dropReplies();
    const asked = failureOf(redis.commands.incrby('n', 1));
    await eventually(async () => (await server.command('GET', 'n')) === '1');
    proxy.inject('+stray\r\n');
    expect(await asked).toMatchObject({ redisErrorKind: 'connection-lost', outcome: 'unknown' });
    await proxy.pass();
    await connected;
    expect(await redis.commands.incrby('n', 1)).toBe(2);
  });

  it('that goes on costs at most four attempts in its first second', async () => {
    const redis = await open();
    proxy.resetNew();
    const before = proxy.total;
    proxy.reset();
    await until(proxy, 'connection');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(proxy.total - before).toBeLessThanOrEqual(5);
    await proxy.pass();
    await redis.ensureReadyClient({ timeoutMs: 5_000 });
    expect(proxy.open).toBe(1);
  });

  it('of many short lives is not answered by a storm of attempts', async () => {
    const redis = await open();
    const before = proxy.total;
    const startedAt = performance.now();
    const subscription = redis.state$.subscribe(({ to }) => {
      if (to === 'connected') proxy.reset();
    });
    proxy.reset();
    await eventually(() => performance.now() - startedAt > 2_000);
    subscription.unsubscribe();
    expect(proxy.total - before).toBeLessThanOrEqual(8);
    await redis.ensureReadyClient({ timeoutMs: 5_000 });
  });
});

describeEachDriver('something that is not Redis', (driver) => {
  const bench = new Bench(driver);
  let stranger: Server;
  let sockets: Set<Socket>;

  const listen = async (answer: string): Promise<number> => {
    sockets = new Set();
    stranger = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
      socket.once('data', () => socket.write(answer));
    });
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    return (stranger.address() as AddressInfo).port;
  };

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    stranger.close();
  });

  it.each([
    ['a web server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['one that speaks garbage', '\0\u0001\u0002 not at all \r\n\r\n'],
    ['one that answers OK to everything', '+OK\r\n'.repeat(20)],
  ])('fails the boot in time, and leaves no socket: %s', async (_what, answer) => {
    const port = await listen(answer);
    const ms = await timed(async () => {
      const error = await failureOf(bench.open({ host: '127.0.0.1', port, connectTimeoutMs: 600 }));
      expect(error.operation).toBe('connect');
    });
    expect(ms).toBeLessThan(1_100);
    await eventually(() => sockets.size === 0);
  });
});
