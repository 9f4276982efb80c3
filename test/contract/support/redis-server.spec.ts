import { connect } from 'node:net';
import { once } from 'node:events';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { RespConnection } from '../../support/resp-connection.js';

describe('RedisTestServer', () => {
  let server: RedisTestServer;

  afterEach(() => server.stop());

  it('answers on a port below the ephemeral range and does not count its own questions', async () => {
    server = await RedisTestServer.start();
    expect(server.port).toBeLessThan(30_000);
    expect(await server.command('SET', 'k', 'v')).toBe('OK');
    expect(await server.command('MGET', 'k', 'none')).toEqual(['v', null]);
    expect(await server.clientCount()).toBe(0);
  });

  it('counts and describes the sockets of others', async () => {
    server = await RedisTestServer.start();
    const socket = connect(server.port, server.host);
    await once(socket, 'connect');
    socket.write('CLIENT SETNAME me\r\n');
    const [client] = await eventually(async () => {
      const found = await server.clients();
      return found[0]?.name === 'me' && found;
    });
    expect(client).toMatchObject({ name: 'me', db: 0, user: 'default', cmd: 'client|setname' });
    socket.destroy();
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('keeps sockets open and silent while frozen, and goes on when thawed', async () => {
    server = await RedisTestServer.start();
    const socket = await RespConnection.open({ port: server.port, host: server.host }, 200);
    await server.freeze();
    await expect(socket.call('PING')).rejects.toThrow(/not settled in 200 ms/);
    await server.thaw();
    expect(await server.command('PING')).toBe('PONG');
    socket.close();
  });

  it('comes back on the same port with its data after a kill', async () => {
    server = await RedisTestServer.start({ appendonly: true });
    const { port } = server;
    await server.command('SET', 'k', 'kept');
    await server.kill();
    await expect(server.command('PING')).rejects.toThrow();
    await server.restart();
    expect(server.port).toBe(port);
    expect(await server.command('GET', 'k')).toBe('kept');
  });

  it('leaves no process when it is stopped while frozen', async () => {
    server = await RedisTestServer.start();
    const pid = server.pid ?? 0;
    await server.freeze();
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('asks past a password and users of the test', async () => {
    server = await RedisTestServer.start({ password: 'p"w', acl: ['app on >secret ~app:* +get'] });
    expect(server.url).toContain(':p%22w@');
    const socket = await RespConnection.open({ port: server.port, host: server.host });
    await expect(socket.call('PING')).rejects.toThrow('NOAUTH');
    expect(await socket.call('AUTH', 'p"w')).toBe('OK');
    expect(await socket.call('AUTH', 'app', 'secret')).toBe('OK');
    await expect(socket.call('SET', 'x', 1)).rejects.toThrow('NOPERM');
    expect(await server.command('ACL', 'WHOAMI')).toBe('hub-test-probe');
    socket.close();
  });

  it('says what the server said when it cannot start', async () => {
    server = await RedisTestServer.start();
    await expect(RedisTestServer.start({ port: server.port })).rejects.toThrow(/in use|listen/i);
  });
});
