import type { NodeRedisLikeClient } from '../../interfaces/redis-client.interface.js';
import { createReplyGuard, type HostileReplyError } from '../guard-replies.js';
import { clientsOf, type NativeNodeRedisCluster } from './node-redis-cluster.nodes.js';
import { tapReplies } from './reply-tap.js';

/** The guards of a cluster's sockets: the driver makes a client for each node, and opens it, without a word before. @internal */
export class ClusterGuards {
  private readonly guarded = new WeakSet<NodeRedisLikeClient>();

  constructor(private readonly onFault: (fault: HostileReplyError) => void) {}

  /** When a socket was opened, and nothing has come in on it yet. Each client has one socket: none reconnects. */
  guard(cluster: NativeNodeRedisCluster): void {
    for (const client of clientsOf(cluster)) {
      if (this.guarded.has(client)) continue;
      this.guarded.add(client);
      tapReplies(
        client,
        createReplyGuard((fault) => this.end(client, fault)),
      );
    }
  }

  private end(client: NodeRedisLikeClient, fault: HostileReplyError): void {
    this.onFault(fault);
    if (client.isOpen) client.destroy();
  }
}
