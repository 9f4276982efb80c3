import type { NodeRedisLikeClient } from '../../interfaces/redis-client.interface.js';
import type { NativeNodeRedisCluster } from './node-redis-cluster.nodes.js';

type Listener = (message: unknown, channel: unknown) => unknown;
type Listeners = ReadonlyMap<string, { readonly buffers: Iterable<Listener>; readonly strings: Iterable<Listener> }>;
type Subscribe = (channel: string, listener: Listener, bufferMode: boolean) => Promise<unknown>;

/** How the driver names each kind, and what subscribes to it. */
const KINDS = { CHANNELS: 'subscribe', PATTERNS: 'pSubscribe', SHARDED: 'sSubscribe' } as const;

interface Subscription {
  readonly by: (typeof KINDS)[keyof typeof KINDS];
  readonly channel: string;
  readonly listener: Listener;
  readonly bufferMode: boolean;
}

/**
 * What a cluster's user listens to, kept from one life of the sockets to the next: the driver forgets it with the
 * sockets. An ordinary client of node-redis keeps it by itself.
 *
 * @internal
 */
export class ClusterSubscriptions {
  private kept: readonly Subscription[] = [];

  /** Before the sockets are ended. What a life that never was whole had is not asked: it is a part of what is kept. */
  keep({ pubSubNode, masters }: NativeNodeRedisCluster): void {
    if (this.kept.length > 0) return;
    const clients = [pubSubNode?.client, ...masters.map(({ pubSub }) => pubSub?.client)];
    this.kept = clients.filter((client) => client !== undefined).flatMap(subscriptionsOf);
  }

  /** Once the sockets are open again. */
  async restore(cluster: NativeNodeRedisCluster): Promise<void> {
    const subscribing = cluster as unknown as Readonly<Record<Subscription['by'], Subscribe>>;
    for (const { by, channel, listener, bufferMode } of this.kept) {
      await subscribing[by].call(cluster, channel, listener, bufferMode);
    }
    this.kept = [];
  }
}

function subscriptionsOf(client: NodeRedisLikeClient): Subscription[] {
  const { getPubSubListeners: ask } = client as { getPubSubListeners?: (kind: keyof typeof KINDS) => Listeners };
  if (ask === undefined) return [];
  return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
    [...ask.call(client, kind)].flatMap(([channel, { buffers, strings }]) => [
      ...[...strings].map((listener) => ({ by: KINDS[kind], channel, listener, bufferMode: false })),
      ...[...buffers].map((listener) => ({ by: KINDS[kind], channel, listener, bufferMode: true })),
    ]),
  );
}
