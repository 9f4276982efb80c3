import type { EventEmitter } from 'node:events';
import type { CommandSender } from '../../commands/command-sender.interface.js';
import { nodeRedisSender } from '../../commands/node-redis.sender.js';
import { connectionClosed } from '../../errors/connection-closed.js';
import type { NodeRedisLikeClient } from '../../interfaces/redis-client.interface.js';
import { REDIS_DEFAULTS } from '../../redis.constants.js';
import { hostText } from '../../utils/host-text.js';

/** A node of node-redis' cluster, as far as we look at it. @internal */
export interface NativeClusterNode {
  /** Null of a node that does not say where it is. */
  readonly host?: string | null;
  readonly port?: number;
  client?: NodeRedisLikeClient | undefined;
  connectPromise?: Promise<unknown> | undefined;
  pubSub?: { readonly client: NodeRedisLikeClient } | undefined;
}

/** The part of node-redis' cluster that we steer. @internal */
export type NativeNodeRedisCluster = NodeRedisLikeClient
  & EventEmitter & {
    readonly masters: readonly NativeClusterNode[];
    readonly replicas: readonly NativeClusterNode[];
    readonly nodeByAddress: Map<string, NativeClusterNode>;
    readonly pubSubNode?: { client: NodeRedisLikeClient } | undefined;
  };

/** In the place of a client that is gone. */
const GONE = { isReady: false, destroy: (): void => undefined } as NodeRedisLikeClient;

/** Connected, or just heard of and being connected: the driver's commands for it wait for that. @internal */
export function isServing({ client, connectPromise }: NativeClusterNode): boolean {
  return client?.isReady === true || connectPromise !== undefined;
}

/** Writes to one node. @internal */
export function senderTo(node: NativeClusterNode): CommandSender {
  const send = async (args: readonly string[], key?: string): Promise<unknown> => {
    await node.connectPromise;
    if (node.client === undefined) throw connectionClosed();
    return nodeRedisSender(node.client)(args, key);
  };
  return Object.assign(send, { node: nodeText(node) });
}

/** Where it is. @internal */
export function nodeText({ host, port = REDIS_DEFAULTS.port }: NativeClusterNode): string {
  return hostText({ host: host ?? '', port });
}

/** The clients of its nodes, those that subscribe too. @internal */
export function clientsOf({
  nodeByAddress,
  masters,
  replicas,
  pubSubNode,
}: NativeNodeRedisCluster): NodeRedisLikeClient[] {
  const nodes = [...nodeByAddress.values(), ...masters, ...replicas];
  const clients = [...nodes.flatMap(({ client, pubSub }) => [client, pubSub?.client]), pubSubNode?.client];
  return clients.filter((client) => client !== undefined);
}

/** Ends the socket of every node. The driver's own `destroy()` throws at the first that is gone, and leaves the others. @internal */
export function destroyNodes({ nodeByAddress, masters, replicas, pubSubNode }: NativeNodeRedisCluster): void {
  for (const node of [...nodeByAddress.values(), ...masters, ...replicas]) {
    destroyClient(node.client);
    destroyClient(node.pubSub?.client);
    node.client = undefined;
    node.pubSub = undefined;
  }
  destroyClient(pubSubNode?.client);
  // Where it throws at this one too, node-redis 5 goes on to subscribe through it.
  if (pubSubNode !== undefined) pubSubNode.client = GONE;
}

/** Makes the driver forget its nodes: one that it remembers it would not connect to again. @internal */
export function destroyCluster(cluster: NativeNodeRedisCluster): void {
  destroyClient(cluster);
  cluster.nodeByAddress.clear();
}

function destroyClient(client: Pick<NodeRedisLikeClient, 'destroy'> | undefined): void {
  try {
    client?.destroy();
  } catch {
    // node-redis 5 says so of a client that is closed already.
  }
}
