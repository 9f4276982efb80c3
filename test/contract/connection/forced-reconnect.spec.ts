import { ConnectionLoop } from '../../../lib/connection/connection-loop.js';
import type { DriverClient } from '../../../lib/drivers/driver.interface.js';
import { resolveDriver } from '../../../lib/drivers/resolve-driver.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { Bench, FAST, nextChange } from './bench.js';

/** The loop on a real client, without its pauses, so that each race follows the one before at once. */
class Racer {
  connected = deferred();
  losses = 0;
  private readonly loop: ConnectionLoop;

  constructor(client: DriverClient) {
    this.loop = new ConnectionLoop(client, {}, 300, {
      beforeAttempt: () => Promise.resolve(),
      onVerified: () => undefined,
      onConnected: () => this.connected.resolve(),
      onLost: () => {
        this.losses += 1;
        this.connected = deferred();
      },
      onFailed: () => 0,
      afterLoss: () => 0,
    });
    this.loop.start();
  }

  discard(): void {
    this.loop.discard(new Error('forced'));
  }

  stop(): Promise<void> {
    return this.loop.stop(300);
  }

  untilConnected(): Promise<void> {
    return withDeadline(this.connected.promise, { what: 'the next connection' });
  }
}

describeEachDriver('forced reconnects', (driver) => {
  const bench = new Bench(driver);
  let server: RedisTestServer;
  let proxy: TcpProxy;

  beforeEach(async () => {
    server = await RedisTestServer.start();
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  const create = async (): Promise<DriverClient> => {
    const settings = toRedisSettings({ driver, ...FAST, url: proxy.url });
    return (await resolveDriver(driver)).create(settings);
  };

  it('leave exactly one socket after 60 races of loss, discard and silence', async () => {
    const client = await create();
    const racer = new Racer(client);
    for (let round = 0; round < 60; round += 1) {
      await racer.untilConnected();
      if (round % 20 === 7) proxy.silent();
      if (round % 2 === 0) proxy.reset();
      racer.discard();
      if (round % 4 > 1) setImmediate(() => proxy.reset());
      racer.discard();
      await eventually(() => racer.losses > round, { intervalMs: 1 });
      if (round % 20 === 7) setTimeout(() => void proxy.pass(), 50);
    }
    await racer.untilConnected();
    expect(client.isReady).toBe(true);
    await eventually(async () => (await server.clientCount()) === 1);
    await racer.stop();
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('end in every moment of an attempt, and leave no socket', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const racer = new Racer(await create());
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await racer.stop();
    }
    await eventually(async () => (await server.clientCount()) === 0);
    await eventually(() => proxy.open === 0, { what: 'closed sockets' });
  });

  it('pile up no listeners on the client in 200 rounds', async () => {
    const client = await create();
    const racer = new Racer(client);
    const emitter = client.native as unknown as NodeJS.EventEmitter;
    await racer.untilConnected();
    const before = countListeners(emitter);
    for (let round = 0; round < 200; round += 1) {
      racer.discard();
      await eventually(() => racer.losses > round, { intervalMs: 1 });
      await racer.untilConnected();
    }
    expect(countListeners(emitter)).toEqual(before);
    await racer.stop();
  });

  it('of a server that is not there pile up none either', async () => {
    await proxy.refuse();
    const client = await create();
    const emitter = client.native as unknown as NodeJS.EventEmitter;
    const before = countListeners(emitter);
    for (let round = 0; round < 30; round += 1) {
      await expect(client.connect(300)).rejects.toThrow();
      await client.drop();
    }
    expect(countListeners(emitter)).toEqual(before);
    await client.end();
  });

  it('of the connection keep its one socket, and its watchdog', async () => {
    const redis = await bench.idle({ url: proxy.url });
    await redis.ensureReadyClient();
    for (let round = 0; round < 4; round += 1) {
      const lost = nextChange(redis, 'reconnecting');
      redis.discard(new Error('forced'));
      redis.discard(new Error('forced again'));
      await lost;
      await redis.ensureReadyClient({ timeoutMs: 5_000 });
    }
    expect(await redis.commands.set('k', 'v')).toBe(true);
    await eventually(async () => (await server.clientCount()) === 1);
    await eventually(async () => (await server.clients())[0]?.cmd === 'ping');
  });
});

function countListeners(emitter: NodeJS.EventEmitter): Record<string, number> {
  return Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
}
