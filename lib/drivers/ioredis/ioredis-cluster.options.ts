import type { ClusterOptions, DNSLookupFunction, RedisOptions } from 'ioredis';
import { IOREDIS_OVERRIDES } from './ioredis.overrides.js';

/** Options of a cluster as a whole; every other one is of each node. */
const OF_THE_WHOLE = [
  'natMap',
  'dnsLookup',
  'maxRedirections',
  'retryDelayOnMoved',
  'retryDelayOnTryAgain',
  'slotsRefreshTimeout',
  'slotsRefreshInterval',
  'shardedSubscribers',
  'enableAutoPipelining',
  'autoPipeliningIgnoredCommands',
  'scripts',
  'himportFieldsets',
] as const satisfies readonly (keyof ClusterOptions)[];

/** The part of {@link ClusterOptions} that passes through beside a node's options. @publicApi */
export type IoredisClusterWideOptions = Pick<ClusterOptions, (typeof OF_THE_WHOLE)[number]>;

/**
 * What must hold for every ioredis cluster under our loop, beside what must hold for its nodes. A node that is lost
 * makes the whole of no use, and the loop begins anew; sent again to another node, a command could run twice.
 */
const CLUSTER_OVERRIDES = {
  lazyConnect: true,
  clusterRetryStrategy: (): null => null,
  clusterNodeRetryStrategy: null,
  enableReadyCheck: false,
  enableOfflineQueue: false,
  scaleReads: 'master',
  retryDelayOnFailover: 0,
  retryDelayOnClusterDown: 0,
  keyPrefix: '',
} as const satisfies ClusterOptions;

/** The socket resolves names, within its own deadline, and TLS is told the name and not an address. */
const dnsLookup: DNSLookupFunction = (hostname, callback) => callback(null, hostname);

/** The driver's options for a cluster: the user's first, ours over them. @internal */
export function toIoredisClusterOptions(given: Readonly<Record<string, unknown>>, node: RedisOptions): ClusterOptions {
  const whole = OF_THE_WHOLE.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  const each = Object.entries(node).filter(([name]) => !isOfTheWhole(name) && !ADDRESS.has(name));
  return {
    dnsLookup,
    ...(Object.fromEntries(whole) as ClusterOptions),
    ...CLUSTER_OVERRIDES,
    redisOptions: { ...(Object.fromEntries(each) as RedisOptions), ...IOREDIS_OVERRIDES },
  };
}

const ADDRESS = new Set(['host', 'port', 'path']);

function isOfTheWhole(name: string): boolean {
  return (OF_THE_WHOLE as readonly string[]).includes(name);
}
