import { Cluster as IoredisCluster, type ClusterNode, type ClusterOptions, type Redis } from 'ioredis';
import { isNamed } from '../cluster/cluster-map.js';
import { guardReplies } from '../guard-replies.js';

type Callback = (error: unknown, ranges?: unknown) => void;

/** What ioredis asks a node for the map of slots with: a connection of its own, thrown away afterwards. */
interface Asking {
  cluster(question: string, callback: Callback): unknown;
}

interface Refreshing {
  getInfoFromNode(redis: Redis | undefined, callback: Callback): void;
}

/**
 * ioredis' cluster, but for nodes that leave their own host out of the map of slots, because they do not know it or were
 * told not to say it: it passes over them, and calls itself ready without a master. They are where they were asked.
 * Named as what it is, for those who look at the name.
 *
 * @internal
 */
export class Cluster extends IoredisCluster {
  constructor(startNodes: ClusterNode[], options: ClusterOptions) {
    super(startNodes, options as object);
    const refreshing = this as unknown as Refreshing;
    const ask = refreshing.getInfoFromNode.bind(this);
    refreshing.getInfoFromNode = (redis, callback) => ask(redis && naming(redis), callback);
  }
}

/** The node, whose further connections name it where its answers do not. */
function naming(redis: Redis): Redis {
  const duplicate = (overrides: object): Redis => {
    const further = redis.duplicate(overrides);
    further.on('connect', () => guardReplies(further.stream, () => undefined));
    const asking = further as unknown as Asking;
    const ask = asking.cluster.bind(further);
    const { host = '' } = redis.options;
    asking.cluster = (question, callback) =>
      ask(question, (error, ranges) => callback(error, error ? ranges : withHost(ranges, host)));
    return further;
  };
  return { duplicate } as unknown as Redis;
}

function withHost(ranges: unknown, host: string): unknown {
  if (!Array.isArray(ranges)) return ranges;
  return ranges.map((range: unknown) => (Array.isArray(range) ? range.map((node) => named(node, host)) : range));
}

/** Of a range: its slots are numbers, its nodes are lists. */
function named(node: unknown, host: string): unknown {
  if (!Array.isArray(node)) return node;
  const [own, ...rest] = node as unknown[];
  return isNamed(own) ? node : [host, ...rest];
}
