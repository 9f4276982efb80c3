import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { describeEachDriver } from '../../support/drivers.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { withDeadline } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { CompiledLib } from './compiled-lib.js';

const CHILD = `
const [factory, driver, port] = process.argv.slice(2);
const { RedisClientFactory } = await import(factory);
const redis = await RedisClientFactory.create({
  driver, host: '127.0.0.1', port: Number(port), boot: 'degrade',
  commandTimeoutMs: 150, connectTimeoutMs: 20_000, watchdogIntervalMs: 200,
});
redis.state$.subscribe(({ to }) => console.log('state', to));
process.stdin.once('data', async () => {
  process.stdin.destroy();
  const waiting = redis.ensureReadyClient().catch((error) => error.redisErrorKind);
  const calls = Array.from({ length: 5 }, () => redis.commands.get('k').catch((error) => error.redisErrorKind));
  const startedAt = performance.now();
  await redis.close();
  console.log('closed', Math.round(performance.now() - startedAt));
  await Promise.all([waiting, ...calls]);
  console.log('settled');
});
console.log('ready');
`;

/** A process that closes its connection when told, and has nothing else to live for. */
class Child {
  private output = '';
  private readonly process;
  private readonly ended: Promise<unknown[]>;

  constructor(script: string, factory: string, driver: string, port: number) {
    this.process = spawn(process.execPath, [script, factory, driver, String(port)], { stdio: 'pipe' });
    this.ended = once(this.process, 'exit');
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.process.emit('heard');
      });
    }
  }

  async until(text: string): Promise<void> {
    const heard = async (): Promise<void> => {
      while (!this.output.includes(text)) await once(this.process, 'heard');
    };
    await withDeadline(heard(), { timeoutMs: 8_000, what: `"${text}" in:\n${this.output}` });
  }

  /** Tells it to close, and gives what it said, and how long it lived on after that it was closed. */
  async close(): Promise<{ output: string; closedInMs: number; livedOnMs: number; code: unknown }> {
    this.process.stdin.write('close\n');
    try {
      await this.until('closed');
      const closedAt = performance.now();
      const [code] = await withDeadline(this.ended, { timeoutMs: 8_000, what: `exit after:\n${this.output}` });
      const closedInMs = Number(/closed (\d+)/.exec(this.output)?.[1]);
      return { output: this.output, closedInMs, livedOnMs: performance.now() - closedAt, code };
    } finally {
      this.process.kill('SIGKILL');
    }
  }
}

describeEachDriver('a process whose connection was closed', (driver) => {
  let lib: CompiledLib;
  let server: RedisTestServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    lib = await CompiledLib.create();
    await writeFile(lib.path('child.mjs'), CHILD);
  });

  beforeEach(async () => {
    server = await RedisTestServer.start({ config: ['tcp-backlog 1'] });
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  afterAll(() => lib.stop());

  const start = (port: number): Child =>
    new Child(lib.path('child.mjs'), lib.path('redis-client.factory.js'), driver, port);

  const expectEnd = async (child: Child): Promise<string> => {
    const end = await child.close();
    expect(end).toMatchObject({ code: 0, output: expect.stringContaining('settled') });
    expect(end.output).not.toMatch(/Warning|Error:|Unhandled/);
    expect(end.output).toContain('state closed');
    expect(end.closedInMs).toBeLessThan(3_000);
    expect(end.livedOnMs).toBeLessThan(2_000);
    return end.output;
  };

  it('ends by itself when Redis was well', async () => {
    const child = start(proxy.port);
    await child.until('state connected');
    await expectEnd(child);
    expect(await server.clientCount()).toBe(0);
  });

  it('ends by itself when Redis was frozen', async () => {
    const child = start(proxy.port);
    await child.until('state connected');
    await server.freeze();
    await expectEnd(child);
  });

  it('ends by itself when the connection was half open', async () => {
    const child = start(proxy.port);
    await child.until('state connected');
    proxy.halfOpen();
    await expectEnd(child);
  });

  it('ends by itself when nothing listened', async () => {
    const port = await freePort();
    const child = start(port);
    await child.until('ready');
    await expectEnd(child);
    releasePort(port);
  });

  it('ends by itself when Redis was lost', async () => {
    const child = start(proxy.port);
    await child.until('state connected');
    await server.kill();
    await child.until('state reconnecting');
    await expectEnd(child);
  });

  it('ends by itself when the handshake was never answered', async () => {
    proxy.silent();
    const child = start(proxy.port);
    await child.until('ready');
    await expectEnd(child);
  });

  it('ends by itself when not even the socket was opened', async () => {
    await server.freeze();
    const fillers = await fillBacklog(server.port);
    const child = start(server.port);
    await child.until('ready');
    await expectEnd(child);
    for (const socket of fillers) socket.destroy();
  });
});

/** Opens sockets to a frozen server until the kernel answers none any more. */
async function fillBacklog(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    sockets.push(socket);
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 200)),
    ]);
    if (!opened) return sockets;
  }
}
