import { setTimeout as pause } from 'node:timers/promises';
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { isRedisError, RedisService } from 'nestjs-redis-hub';
import { ANSWERS_QUEUE } from '../chat/chat.constants.js';
import type { ChatStatus, QueueCounts } from './status.interface.js';

const DEADLINE_MS = 300;

/** Counts the jobs of the queue, in time or not at all. */
@Injectable()
export class QueueCounter {
  constructor(
    @InjectQueue(ANSWERS_QUEUE) private readonly queue: Queue,
    private readonly redis: RedisService,
  ) {}

  async count(): Promise<ChatStatus['queue']> {
    if (!this.redis.isEnabled) return { counts: null, error: null };
    const deadline = new AbortController();
    const late = pause(DEADLINE_MS, { counts: null, error: 'command-timeout' } as const, { signal: deadline.signal });
    try {
      return await Promise.race([this.ask(), late]);
    } finally {
      deadline.abort();
      late.catch(() => undefined);
    }
  }

  private async ask(): Promise<ChatStatus['queue']> {
    try {
      const { waiting = 0, active = 0, completed = 0, failed = 0 } = await this.jobs();
      return { counts: { waiting, active, completed, failed }, error: null };
    } catch (error) {
      return { counts: null, error: isRedisError(error) ? error.redisErrorKind : 'reply' };
    }
  }

  /** A job that waits for its next attempt waits. */
  private async jobs(): Promise<Partial<QueueCounts>> {
    const counts = await this.queue.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed');
    return { ...counts, waiting: (counts['waiting'] ?? 0) + (counts['delayed'] ?? 0) };
  }
}
