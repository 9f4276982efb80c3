import { createClient, createCluster } from 'redis';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { readProperty } from '../../errors/read-property.js';
import { REDIS_DEFAULTS } from '../../redis.constants.js';
import { toAddressMap } from '../cluster/cluster-map.js';
import { ClusterScout } from '../cluster/cluster-scout.js';
import { examinedNodes } from '../examination/examine.js';
import { NodeRedisClient, type NativeNodeRedis } from './node-redis.client.js';
import { NodeRedisClusterClient } from './node-redis-cluster.client.js';
import { toNodeOptions, toNodeRedisClusterOptions } from './node-redis-cluster.options.js';
import type { NodeRedisNodeOptions } from './node-redis-cluster.options.js';

/**
 * A client of the cluster that these seeds belong to.
 *
 * @param given the user's options: of the whole and of each node, beside each other
 * @param nodeOptions the options of each node
 * @internal
 */
export function createNodeRedisCluster(
  seeds: readonly HostEndpoint[],
  given: Readonly<Record<string, unknown>>,
  nodeOptions: object,
): NodeRedisClusterClient {
  const node = toNodeOptions(nodeOptions as Readonly<Record<string, unknown>>);
  const addresses = { seeds, known: [] };
  // Never connected: its duplicates share its class, which takes the driver a tenth of a second to build for each address.
  let template: NativeNodeRedis | undefined;
  const makeNode = ({ host, port }: HostEndpoint): NodeRedisClient =>
    new NodeRedisClient((signal) => {
      template ??= createClient(node) as NativeNodeRedis;
      return template.duplicate({ socket: { ...node.socket, host, port, signal } } as never) as NativeNodeRedis;
    });
  const mapAddress = toAddressMap(given['nodeAddressMap'] as Parameters<typeof toAddressMap>[0]);
  const makeExamined = examinedNodes(makeNode, examinationOf(node));
  return new NodeRedisClusterClient({
    make: (roots, signal) => createCluster(toNodeRedisClusterOptions(given, node, roots, signal)),
    makeScout: () => new ClusterScout(addresses, makeExamined, mapAddress),
  });
}

function examinationOf({ socket }: NodeRedisNodeOptions): Parameters<typeof examinedNodes>[1] {
  const connectTimeoutMs = Number(readProperty(socket, 'connectTimeout') ?? REDIS_DEFAULTS.connectTimeoutMs);
  return { own: readProperty(socket, 'tls') === true ? socket : undefined, connectTimeoutMs };
}
