import type { createCluster } from 'redis';
import { NODE_REDIS_OVERRIDES, NODE_REDIS_SOCKET_OVERRIDES } from './node-redis.overrides.js';

type ClusterOptions = NonNullable<Parameters<typeof createCluster>[0]>;

/** Options of a cluster as a whole; every other one is of each node. */
const OF_THE_WHOLE = [
  'nodeAddressMap',
  'maxCommandRedirections',
  'commandOptions',
  'RESP',
  'modules',
  'functions',
  'scripts',
] as const satisfies readonly (keyof ClusterOptions)[];

/** The part of node-redis' cluster options that passes through beside a node's options. @publicApi */
export type NodeRedisClusterWideOptions = Pick<ClusterOptions, (typeof OF_THE_WHOLE)[number]>;

/** What must hold for every node-redis cluster under our loop, beside what must hold for its nodes. */
const CLUSTER_OVERRIDES = {
  minimizeConnections: false,
  useReplicas: false,
  topologyRefreshOnReconnectionAttemptStrategy: false,
} as const satisfies Partial<ClusterOptions>;

/** Options of one node, without those of the whole and without its address. @internal */
export interface NodeRedisNodeOptions {
  readonly socket: object;
}

/** @internal */
export function toNodeOptions(given: Readonly<Record<string, unknown>>): NodeRedisNodeOptions {
  const each = Object.entries(given).filter(([name]) => !(OF_THE_WHOLE as readonly string[]).includes(name));
  const { host: _, port: __, path: ___, ...socket } = (given['socket'] ?? {}) as Record<string, unknown>;
  return {
    ...Object.fromEntries(each),
    ...NODE_REDIS_OVERRIDES,
    socket: { ...socket, ...NODE_REDIS_SOCKET_OVERRIDES },
  };
}

/**
 * The driver's options for a cluster: the user's first, ours over them. The driver reads `roots` at each attempt, and
 * `signal` for each socket.
 *
 * @internal
 */
export function toNodeRedisClusterOptions(
  given: Readonly<Record<string, unknown>>,
  node: NodeRedisNodeOptions,
  roots: object[],
  signal: () => AbortSignal,
): ClusterOptions {
  const whole = OF_THE_WHOLE.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  const socket = Object.defineProperty({ ...node.socket }, 'signal', { enumerable: true, get: signal });
  return {
    ...(Object.fromEntries(whole) as Partial<ClusterOptions>),
    ...CLUSTER_OVERRIDES,
    rootNodes: roots,
    defaults: { ...node, socket },
  };
}
