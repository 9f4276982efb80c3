import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { eventually, until } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { RespConnection } from '../../support/resp-connection.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

describe('TcpProxy', () => {
  let server: RedisTestServer;
  let proxy: TcpProxy;
  const opened: RespConnection[] = [];

  beforeAll(async () => {
    server = await RedisTestServer.start();
  });
  beforeEach(async () => {
    proxy = await TcpProxy.start(server);
  });
  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.close();
    await proxy.stop();
  });
  afterAll(() => server.stop());

  async function open(timeoutMs = 2_000): Promise<RespConnection> {
    const connection = await RespConnection.open({ port: proxy.port, host: proxy.host }, timeoutMs);
    opened.push(connection);
    return connection;
  }

  async function rawSocket(): Promise<Socket> {
    const socket = connect(proxy.port, proxy.host);
    await once(socket, 'connect');
    return socket;
  }

  it('relays both ways and counts', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.call('PING')).toBe('PONG');
    expect(await two.call('ECHO', 'x'.repeat(200_000))).toHaveLength(200_000);
    expect([proxy.open, proxy.total]).toEqual([2, 2]);
    const closed = until(proxy, 'closed');
    one.close();
    await closed;
    expect([proxy.open, proxy.total]).toEqual([1, 2]);
  });

  it('accepts and never answers when silent, then passes again', async () => {
    const before = await open();
    await before.call('PING');
    proxy.silent();
    const mute = await open(100);
    await expect(mute.call('PING')).rejects.toThrow(/not settled/);
    expect(await before.call('PING')).toBe('PONG');
    await proxy.pass();
    expect(await (await open()).call('PING')).toBe('PONG');
  });

  it('leaves open sockets half-open while new ones are fine', async () => {
    const old = await open(100);
    await old.call('PING');
    proxy.halfOpen();
    await expect(old.call('PING')).rejects.toThrow(/not settled/);
    expect(await (await open()).call('PING')).toBe('PONG');
    expect(proxy.open).toBe(2);
  });

  it('delays each way', async () => {
    const connection = await open();
    await connection.call('PING');
    proxy.delay(40);
    const start = performance.now();
    expect(await Promise.all([connection.call('ECHO', 'a'), connection.call('ECHO', 'b')])).toEqual(['a', 'b']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(78);
  });

  it('lets nothing overtake what was delayed before', async () => {
    const connection = await open();
    await connection.call('PING');
    proxy.delay(60);
    const slow = connection.call('ECHO', 'slow');
    await new Promise((resolve) => setTimeout(resolve, 90)); // its reply is on the way back
    await proxy.pass();
    expect(await Promise.all([slow, connection.call('ECHO', 'quick')])).toEqual(['slow', 'quick']);
  });

  it('loses what is sent while it is mute', async () => {
    const connection = await open(100);
    proxy.mute();
    await expect(connection.call('SET', 'muted', 'stored')).rejects.toThrow(/not settled/);
    expect(await server.command('GET', 'muted')).toBeNull();
    await proxy.pass();
    expect(await (await open()).call('PING')).toBe('PONG');
  });

  it('drips byte by byte, in order', async () => {
    const connection = await open();
    await connection.call('PING');
    proxy.drip();
    const start = performance.now();
    const text = 'x'.repeat(50) + 'y'.repeat(50);
    expect(await Promise.all([connection.call('ECHO', text), connection.call('PING')])).toEqual([text, 'PONG']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(100);
  });

  it('counts half-open sockets that the client has closed', async () => {
    const connection = await open();
    await connection.call('PING');
    proxy.halfOpen();
    expect(proxy.abandoned).toBe(0);
    connection.close();
    await eventually(() => proxy.abandoned === 1, { what: 'the abandoned socket' });
    expect(await server.clientCount()).toBe(1);
  });

  it('resets open sockets, and new ones where asked', async () => {
    const connection = await open();
    await connection.call('PING');
    const pending = connection.call('BLPOP', 'never', 0);
    proxy.reset();
    await expect(pending).rejects.toMatchObject({ code: 'ECONNRESET' });
    proxy.resetNew();
    const socket = connect(proxy.port, proxy.host);
    const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });

  it('refuses new sockets on the same port until it passes again', async () => {
    const before = await open();
    await before.call('PING');
    await proxy.refuse();
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await before.call('PING')).toBe('PONG');
    await proxy.pass();
    expect(await (await open()).call('PING')).toBe('PONG');
  });

  it('cuts after a number of bytes from the server', async () => {
    proxy.cutAfter(3);
    const socket = await rawSocket();
    const bytes: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => bytes.push(chunk)).on('error', () => undefined);
    const closed = until(socket, 'close'); // after an error, too: the reset may be seen as one
    socket.write('PING\r\n');
    await closed;
    expect(Buffer.concat(bytes).toString()).toBe('+PO');
  });

  it('drops replies while commands reach the server', async () => {
    const connection = await open(100);
    await connection.call('PING');
    proxy.dropReplies();
    await expect(connection.call('SET', 'dropped', 'stored')).rejects.toThrow(/not settled/);
    expect(await server.command('GET', 'dropped')).toBe('stored');
  });

  it('injects bytes', async () => {
    const connection = await open();
    await connection.call('PING');
    const pending = connection.call('BLPOP', 'never', 1);
    proxy.inject('+injected\r\n');
    expect(await pending).toBe('injected');
  });

  it('leaves no socket when it is stopped', async () => {
    const connection = await open();
    await connection.call('PING');
    await proxy.stop();
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(proxy.open).toBe(0);
  });
});
