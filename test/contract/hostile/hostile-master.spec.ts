import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { HostileReplyError } from '../../../lib/drivers/guard-replies.js';
import { resolveDriver } from '../../../lib/drivers/resolve-driver.js';
import { describeEachDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TlsFiles } from '../../support/tls-files.js';
import { ATTACKS } from './attacks.js';
import { HostilePeer } from './hostile-peer.js';

const HANDSHAKE_MS = 10_000;
const attack = ATTACKS['lists of 33 million announced, 40 times'];

/** A client of node-redis gets the socket of another one then. */
describeEachDriver('a client that was led to a hostile master, over TLS', (driver) => {
  it('hears what it must not read, in the handshake and later', async () => {
    const files = new TlsFiles();
    const server = await RedisTestServer.start();
    const peer = await HostilePeer.start(server, files.server);
    const sentinel = { name: 'm', nodes: [{ host: '127.0.0.1', port: 1 }], tls: false };
    const settings = toRedisSettings({ driver, sentinel, tls: { ca: files.ca } });
    const client = (await resolveDriver(driver)).create(settings);
    const lost = deferred<unknown>();
    client.onLost(lost.resolve);
    client.aim(peer);
    peer.turn(attack);
    await expect(client.connect(HANDSHAKE_MS)).rejects.toBeInstanceOf(HostileReplyError);
    await client.drop();
    peer.turn(undefined);
    await client.connect(HANDSHAKE_MS);
    expect(await client.send(['PING'])).toBe('PONG');
    peer.turn(attack);
    const asked = client.send(['PING']).catch(() => undefined);
    expect(await withDeadline(lost.promise, { what: 'loss' })).toBeInstanceOf(HostileReplyError);
    await client.end();
    await asked;
    await eventually(() => peer.open === 0);
    await peer.stop();
    await server.stop();
    files.remove();
  });
});
