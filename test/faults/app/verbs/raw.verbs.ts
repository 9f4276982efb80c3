import { Inject, Injectable } from '@nestjs/common';
import { InjectRedis, RedisService } from 'nestjs-redis-hub';
import type { RedisClient } from 'nestjs-redis-hub';
import { describeError } from '../describe-error.js';
import type { VerbsProvider } from './verbs.js';

/** What both drivers call by the same name. */
interface RawClient {
  select(db: number): Promise<unknown>;
  watch(key: string): Promise<unknown>;
  multi(): { set(key: string, value: string): { exec(): Promise<unknown> } };
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  subscribe(channel: string, listener?: (message: string) => void): Promise<unknown>;
}

/** What other people's code does to the client that it is given: past the port, and past all that it promises. */
@Injectable()
export class RawVerbs implements VerbsProvider {
  private readonly client: RawClient;
  private readonly heard: string[] = [];

  constructor(
    @InjectRedis() client: RedisClient,
    @Inject(RedisService) private readonly redis: RedisService,
  ) {
    this.client = client as unknown as RawClient;
  }

  readonly verbs = {
    select: (db: number) => this.client.select(db),
    watch: (key: string) => this.client.watch(key),
    /** A transaction: its reply, or the error that it met. */
    commit: async (key: string, value: string) => {
      try {
        return { reply: await this.client.multi().set(key, value).exec() };
      } catch (error) {
        return { conflict: describeError(error).kind };
      }
    },
    /** Subscribes on a connection of its own, once; what comes is kept. */
    subscribe: async (channel: string) => {
      const own = (await this.redis.duplicate('raw')) as unknown as RawClient;
      const listen = (message: string): void => void this.heard.push(message);
      // ioredis tells by an event, and would take a listener for the callback of the command
      own.on('message', (_channel, message) => listen(message));
      await (this.redis.driver === 'ioredis' ? own.subscribe(channel) : own.subscribe(channel, listen));
    },
    heard: () => Promise.resolve(this.heard),
  };
}
