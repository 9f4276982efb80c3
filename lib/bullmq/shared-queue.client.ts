import type { RedisConnection } from '../connection/redis.connection.js';
import { BlockingQueueClient } from './blocking-queue.client.js';
import { QueueClient } from './queue.client.js';

/** The client that all queues, workers and flow producers of an app share. @internal */
export class SharedQueueClient extends QueueClient {
  constructor(private readonly shared: RedisConnection) {
    super(shared, shared.stopClock);
  }

  /**
   * Always usable in BullMQ's eyes, up to its end: a queue that waited for `ready` while Redis is out would keep its
   * producers waiting with it. They are refused by the gate instead.
   */
  override get status(): string {
    return this.connection.state === 'closed' ? 'end' : 'ready';
  }

  override set status(_value: string) {
    // BullMQ says `end` of what it closed; nothing of ours ends because a queue does.
  }

  /** What blocks gets a socket of its own: a worker says its name, a QueueEvents does not. */
  duplicate(options?: { connectionName?: string }): BlockingQueueClient {
    const { connectionName } = options ?? {};
    const purpose = connectionName === undefined ? 'queue-events' : 'queue-worker';
    return new BlockingQueueClient(this.shared, purpose, connectionName, this.scripts);
  }
}
