import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { RedisBreakerEvent } from 'nestjs-redis-hub';
import { BehaviorSubject } from 'rxjs';

const CHANNEL = 'nestjs-redis-hub:breaker';

/** Whether calls to Redis are refused at once, after several were not answered. */
@Injectable()
export class BreakerMonitor implements OnApplicationShutdown {
  readonly isOpen$ = new BehaviorSubject(false);
  private readonly listener = (event: unknown): void => this.isOpen$.next((event as RedisBreakerEvent).open);

  constructor() {
    subscribe(CHANNEL, this.listener);
  }

  onApplicationShutdown(): void {
    unsubscribe(CHANNEL, this.listener);
  }
}
