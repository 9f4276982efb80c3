import { InjectQueue } from '@nestjs/bullmq';
import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { Queue } from 'bullmq';
import { RedisHealthIndicator } from 'nestjs-redis-hub/health';
import { ANSWERS_QUEUE } from '../chat/chat.constants.js';

/** A worker that is well answers more of them in a minute. */
const MOST_WAITING = 1_000;

/** For the probes of an orchestrator. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly redis: RedisHealthIndicator,
    @InjectQueue(ANSWERS_QUEUE) private readonly answers: Queue,
  ) {}

  /** Asks nobody: a restart of this process mends no Redis. */
  @Get('live')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 also while it is degraded, since it serves. */
  @Get(['', 'ready'])
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    const limits = { queues: [this.answers], maxQueueBacklog: MOST_WAITING };
    return this.health.check([() => this.redis.isHealthy('redis', limits)]);
  }

  /** 503 until it was able to serve for the first time. */
  @Get('startup')
  @HealthCheck()
  startup(): Promise<HealthCheckResult> {
    return this.health.check([() => this.redis.isStarted('redis')]);
  }
}
