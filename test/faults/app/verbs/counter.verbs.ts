import { Inject, Injectable } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import type { VerbsProvider } from './verbs.js';

/** What is not idempotent: an increment by the bare port. */
@Injectable()
export class CounterVerbs implements VerbsProvider {
  constructor(@Inject(RedisService) private readonly redis: RedisService) {}

  readonly verbs = {
    write: (key: string) => this.redis.commands.incrby(`counter:${key}`, 1),
  };
}
