import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import type { RedisErrorKind } from 'nestjs-redis-hub';
import { SessionStore } from 'nestjs-redis-hub/session';
import { distinctUntilChanged, merge, shareReplay, switchMap, throttleTime, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { BreakerMonitor } from './breaker.monitor.js';
import { QueueCounter } from './queue.counter.js';
import type { ChatStatus } from './status.interface.js';

/** At most this often, and as often as the jobs are counted; above the counter's deadline. */
const PERIOD_MS = 500;

@Injectable()
export class StatusService implements OnModuleInit {
  /** The status now and whenever it changes; made once for all who watch, and not at all when nobody does. */
  readonly changes$: Observable<ChatStatus>;
  private lastError: RedisErrorKind | null = null;

  constructor(
    private readonly redis: RedisService,
    private readonly sessions: SessionStore,
    private readonly queue: QueueCounter,
    private readonly breaker: BreakerMonitor,
  ) {
    const signals = merge(timer(0, PERIOD_MS), redis.state$, sessions.status$, breaker.isOpen$);
    this.changes$ = signals.pipe(
      throttleTime(PERIOD_MS, undefined, { leading: true, trailing: true }),
      switchMap(() => this.now()),
      distinctUntilChanged<ChatStatus>((last, next) => isDeepStrictEqual(last, next)),
      shareReplay({ bufferSize: 1, refCount: true }),
    );
  }

  onModuleInit(): void {
    this.redis.state$.subscribe(({ to, error }) => {
      this.lastError = to === 'connected' ? null : (error?.redisErrorKind ?? this.lastError);
    });
  }

  async now(): Promise<ChatStatus> {
    const queue = await this.queue.count();
    const { state, driver = null, sockets } = this.redis;
    const session = this.sessions.status();
    const breaker = this.breaker.isOpen$.value ? 'open' : 'closed';
    const connection = { state, driver, error: this.lastError, sockets, breaker } as const;
    return { level: levelOf({ connection, session, queue }), connection, session, queue };
  }
}

function levelOf({ connection, session, queue }: Omit<ChatStatus, 'level'>): ChatStatus['level'] {
  if (connection.state === 'disabled') return 'off';
  const isWell = connection.state === 'connected' && connection.breaker === 'closed';
  return isWell && !session.degraded && queue.error === null ? 'up' : 'degraded';
}
