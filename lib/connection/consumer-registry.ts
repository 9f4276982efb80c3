import type { RedisConsumer } from '../interfaces/redis-connection.interface.js';

/** The features that live on a connection, for health and metrics. @internal */
export class ConsumerRegistry {
  private readonly consumers = new Set<RedisConsumer>();

  get list(): readonly RedisConsumer[] {
    return [...this.consumers];
  }

  register(consumer: RedisConsumer): () => void {
    this.consumers.add(consumer);
    return () => void this.consumers.delete(consumer);
  }
}
