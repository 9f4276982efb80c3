import { Redis, type RedisOptions } from 'ioredis';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../../redis.constants.js';
import { toAddressMap } from '../cluster/cluster-map.js';
import { ClusterScout } from '../cluster/cluster-scout.js';
import { examinedNodes } from '../examination/examine.js';
import { IoredisClient } from './ioredis.client.js';
import { IoredisClusterClient } from './ioredis-cluster.client.js';
import { toIoredisClusterOptions } from './ioredis-cluster.options.js';

/**
 * A client of the cluster that these seeds belong to.
 *
 * @param given the user's options: of the whole and of each node, beside each other
 * @param node the options of each node
 * @internal
 */
export function createIoredisCluster(
  seeds: readonly HostEndpoint[],
  given: Readonly<Record<string, unknown>>,
  node: RedisOptions,
): IoredisClusterClient {
  const options = toIoredisClusterOptions(given, node);
  const addresses = { seeds, known: [] };
  const makeNode = ({ host, port }: HostEndpoint): IoredisClient =>
    new IoredisClient(new Redis({ ...options.redisOptions, host, port }), () => makeNode({ host, port }));
  const mapAddress = toAddressMap(options.natMap);
  const examination = { own: node.tls, connectTimeoutMs: node.connectTimeout ?? REDIS_DEFAULTS.connectTimeoutMs };
  const makeExamined = examinedNodes(makeNode, examination);
  return new IoredisClusterClient({ options, makeScout: () => new ClusterScout(addresses, makeExamined, mapAddress) });
}
