import { ioredisSender } from '../../commands/ioredis.sender.js';
import { nodeRedisClusterSender, nodeRedisSender } from '../../commands/node-redis.sender.js';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { readList, readProperty, readText } from '../../errors/read-property.js';
import type {
  IoredisLikeClient,
  NodeRedisLikeClient,
  RedisClient,
  RedisDriverName,
} from '../../interfaces/redis-client.interface.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { REDIS_DEFAULTS } from '../../redis.constants.js';
import type { NativeClusterNode } from '../node-redis/node-redis-cluster.nodes.js';

const MOST_SEEDS = 100;

interface IoredisLikeCluster extends IoredisLikeClient {
  nodes(role: 'master'): readonly IoredisLikeClient[];
}

interface NodeRedisLikeCluster extends NodeRedisLikeClient {
  readonly masters: readonly NativeClusterNode[];
  nodeClient(node: NativeClusterNode): NodeRedisLikeClient | Promise<NodeRedisLikeClient>;
}

/** Writes to a cluster that somebody else owns. @internal */
export function clusterSender(client: RedisClient, driver: RedisDriverName): CommandSender {
  return driver === 'ioredis'
    ? ioredisSender(client as IoredisLikeClient, () => [])
    : nodeRedisClusterSender(client as NodeRedisLikeClient);
}

/** A sender to each of its masters; the owner's driver connects to them in its own time. @internal */
export function masterSenders(client: RedisClient, driver: RedisDriverName): CommandSender[] {
  if (driver === 'ioredis') return (client as IoredisLikeCluster).nodes('master').map((node) => ioredisSender(node));
  const cluster = client as NodeRedisLikeCluster;
  return cluster.masters.map((node) => async (args, key) => nodeRedisSender(await cluster.nodeClient(node))(args, key));
}

/** Whether its owner has connected it. node-redis 5 says only whether it is open. @internal */
export function isClusterReady(client: RedisClient): boolean {
  if ('status' in client) return client.status === 'ready';
  return client.isReady ?? (client.isOpen && (client as NodeRedisLikeCluster).masters.length > 0);
}

/** The options that its nodes have in common, and its own over them. @internal */
export function clusterOptionsOf(client: unknown): Readonly<Record<string, unknown>> {
  const own = (readProperty(client, 'options') ?? readProperty(client, '_options')) as object | undefined;
  const each = readProperty(own, 'redisOptions') ?? readProperty(own, 'defaults');
  return { ...(each as object | undefined), ...own };
}

/** The addresses that it was made with. @internal */
export function seedsOf(client: unknown): [HostEndpoint, ...HostEndpoint[]] {
  const starts = readList(client, 'startupNodes', MOST_SEEDS);
  const roots = readList(clusterOptionsOf(client), 'rootNodes', MOST_SEEDS);
  const [first = seedOf(undefined), ...others] = [...starts, ...roots].map(seedOf);
  return [first, ...others];
}

/** Of the forms that the drivers take: an object, with a socket in it, a URL, `host:port`, a port. */
function seedOf(node: unknown): HostEndpoint {
  const text = typeof node === 'string' ? node : readText(node, 'url');
  if (text !== undefined) return seedOfText(text);
  if (typeof node === 'number') return { host: '127.0.0.1', port: node };
  const address = readProperty(node, 'socket') ?? node;
  const port = Number(readProperty(address, 'port') ?? REDIS_DEFAULTS.port);
  return { host: readText(address, 'host') ?? '127.0.0.1', port };
}

function seedOfText(text: string): HostEndpoint {
  const { hostname, port } = new URL(text.includes('://') ? text : `redis://${text}`);
  return { host: hostname === '' ? '127.0.0.1' : hostname, port: Number(port === '' ? REDIS_DEFAULTS.port : port) };
}
