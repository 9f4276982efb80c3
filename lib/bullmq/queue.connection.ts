import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { BullRootModuleOptions, RegisterQueueOptions, SharedBullConfigurationFactory } from '@nestjs/bullmq';
import type { ConnectionOptions } from 'bullmq';
import type { RedisConnection } from '../connection/redis.connection.js';
import { assertShareable } from './assert-shareable.js';
import { clusterRefusal } from './cluster-queue.js';
import { SharedQueueClient } from './shared-queue.client.js';

/** A queue's keys have to share a slot of a cluster. Source: BullMQ's documentation on Redis Cluster. */
const CLUSTER_PREFIX = '{bull}';

/**
 * Lends the app's one connection to BullMQ. Queues and flow producers open no socket of their own; a worker and a
 * QueueEvents open one each, for they block.
 *
 * On a cluster the keys of a queue must share a slot, so the prefix is `{bull}` unless you set one; yours has to hold a
 * hash tag too.
 *
 * While Redis is out, producers reject at once with a `RedisError`; workers wait, and go on by themselves.
 *
 * @example
 * BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection })
 *
 * @publicApi
 */
export class QueueConnection implements SharedBullConfigurationFactory, OnModuleInit, OnModuleDestroy {
  private readonly shared: SharedQueueClient;
  private readonly prefix: { readonly prefix?: string };
  private readonly unregister: () => void;

  /** @internal */
  constructor(
    private readonly origin: RedisConnection,
    required: boolean,
  ) {
    assertShareable(origin);
    this.shared = new SharedQueueClient(origin);
    this.prefix = origin.guard.isCluster ? { prefix: CLUSTER_PREFIX } : {};
    this.unregister = origin.registerConsumer({
      name: 'queue',
      required,
      hasFallback: false,
      tier: () => (origin.state === 'connected' ? 'redis' : 'none'),
    });
  }

  /** What to pass as `connection` where you make a Queue, Worker, QueueEvents or FlowProducer by hand. */
  get connection(): ConnectionOptions {
    return this.shared.asBullClient();
  }

  /** For `BullModule.forRootAsync({ useExisting: QueueConnection })`. */
  createSharedConfiguration(): BullRootModuleOptions {
    return { connection: this.connection, ...this.prefix };
  }

  /** For `BullModule.registerQueueAsync({ name, useExisting: QueueConnection })`. */
  createRegisterQueueOptions(): RegisterQueueOptions {
    return { connection: this.connection, ...this.prefix };
  }

  /**
   * Not while providers are made: BullMQ, given no connection, dials 127.0.0.1:6379, and would go on after the boot failed.
   *
   * @internal
   */
  onModuleInit(): void {
    const refusal = clusterRefusal(this.origin);
    if (refusal !== undefined) throw refusal;
  }

  /** @internal */
  onModuleDestroy(): void {
    this.unregister();
  }
}
