import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { freePort, releasePort } from '../../support/free-port.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TlsFiles } from '../../support/tls-files.js';
import { ATTACKS } from './attacks.js';
import { MOST_MEMORY, Stage } from './story.js';
import type { Way } from './story.js';

/** Those that cost the most where nobody looks. */
const SOME = ['texts of 100 MB without end', 'lists of 33 million announced, 40 times', 'lists 10,000 deep', 'garbage'];
const AT_ONCE = 2;

/** What TLS holds of a reply besides. */
const DECIPHERED = 100 * 1024 * 1024;

const files = new TlsFiles();
afterAll(() => files.remove());

const overTls: Way = {
  certificate: files.server,
  address: ({ host, port }) => ({ host, port, tls: { ca: files.ca } }),
};

/** Each node leads to the peer, whatever the cluster says of its address. */
function asNode({ host, port }: RedisTestServer): Way {
  return {
    address: (peer) => {
      const map = { [`${host}:${port}`]: { host: peer.host, port: peer.port } };
      const nodes = [{ host: peer.host, port: peer.port }];
      return { cluster: { nodes }, ioredis: { natMap: map }, nodeRedis: { nodeAddressMap: map } };
    },
  };
}

describeEachDriver('a hostile peer', (driver) => {
  let bus = 0;
  let server: RedisTestServer;
  let node: RedisTestServer;
  const stages: Record<string, Stage> = {};

  beforeAll(async () => {
    server = await RedisTestServer.start();
    bus = await freePort();
    node = await RedisTestServer.start({
      config: ['cluster-enabled yes', 'cluster-announce-ip 127.0.0.1', `cluster-port ${bus}`],
    });
    await node.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    await Promise.all([server, node].map((one) => one.command('SET', 'k', 'good')));
    stages['over TLS'] = new Stage(driver, server, overTls);
    stages['that is a node of a cluster'] = new Stage(driver, node, asNode(node));
    for (const stage of Object.values(stages)) {
      stage.begin(
        SOME.map((name) => ATTACKS[name]!),
        AT_ONCE,
      );
    }
  });

  afterAll(async () => {
    await Promise.all(Object.values(stages).map((stage) => stage.stop()));
    await Promise.all([server.stop(), node.stop()]);
    releasePort(bus);
  });

  describe.each(['over TLS', 'that is a node of a cluster'])('%s', (where) => {
    it.each(SOME)(
      'is told and thrown away, and costs little memory: %s',
      async (name) => {
        const { handshake, command, grown, complaints } = await stages[where]!.outcomeOf(ATTACKS[name]!);
        expect([handshake.error?.name, command.error?.name]).toEqual(['RedisError', 'RedisError']);
        expect(complaints).toEqual([]);
        expect(grown).toBeLessThan(MOST_MEMORY + DECIPHERED);
      },
      60_000,
    );
  });
});
