import type { OnModuleDestroy } from '@nestjs/common';
import type { BullRootModuleOptions, RegisterQueueOptions, SharedBullConfigurationFactory } from '@nestjs/bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { RedisConnection } from '../connection/redis.connection.js';
import { assertShareable } from './assert-shareable.js';
import { SharedQueueClient } from './shared-queue.client.js';

/**
 * Lends the app's one connection to BullMQ. Queues and flow producers open no socket of their own; a worker and a
 * QueueEvents open one each, for they block.
 *
 * While Redis is out, producers reject at once with a `RedisError`; workers wait, and go on by themselves.
 *
 * @example
 * BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection })
 *
 * @publicApi
 */
export class QueueConnection implements SharedBullConfigurationFactory, OnModuleDestroy {
  private readonly shared: SharedQueueClient;
  private readonly unregister: () => void;

  /** @internal */
  constructor(connection: RedisConnection, required: boolean) {
    assertShareable(connection);
    this.shared = new SharedQueueClient(connection);
    this.unregister = connection.registerConsumer({
      name: 'queue',
      required,
      hasFallback: false,
      tier: () => (connection.state === 'connected' ? 'redis' : 'none'),
    });
  }

  /** What to pass as `connection` where you make a Queue, Worker, QueueEvents or FlowProducer by hand. */
  get connection(): ConnectionOptions {
    return this.shared.asBullClient();
  }

  /** For `BullModule.forRootAsync({ useExisting: QueueConnection })`. */
  createSharedConfiguration(): BullRootModuleOptions {
    return { connection: this.connection };
  }

  /** For `BullModule.registerQueueAsync({ name, useExisting: QueueConnection })`. */
  createRegisterQueueOptions(): RegisterQueueOptions {
    return { connection: this.connection };
  }

  /** @internal */
  onModuleDestroy(): void {
    this.unregister();
  }
}
