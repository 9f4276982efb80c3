import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePort, releasePort } from '../../support/free-port.js';

describe('freePort', () => {
  it('gives each caller another port, below the ephemeral range, that can be listened on', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
    expect(new Set(ports).size).toBe(20);
    expect(Math.max(...ports)).toBeLessThan(30_000);
    const server = createServer().listen(ports[0], '127.0.0.1');
    await once(server, 'listening');
    server.close();
    ports.forEach(releasePort);
  });
});
