import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRedis, RedisClientFactory, RedisService } from 'nestjs-redis-hub';
import type { RedisClient } from 'nestjs-redis-hub';
import { APP_SETTINGS } from '../app-settings.js';
import { describeError } from '../describe-error.js';
import type { AppSettings } from '../../protocol.js';
import type { VerbsProvider } from './verbs.js';

type Standalone = Awaited<ReturnType<typeof RedisClientFactory.create>>;

/** How many different clients so many callers were given, and how many were given none, and why. */
export interface Ensured {
  readonly clients: number;
  readonly rejected: readonly string[];
}

/** What is asked of the connection itself. */
@Injectable()
export class ConnectionVerbs implements VerbsProvider, OnApplicationShutdown {
  private crowd: Standalone[] = [];

  constructor(
    @InjectRedis() private readonly client: RedisClient,
    @Inject(RedisService) private readonly redis: RedisService,
    @Inject(APP_SETTINGS) private readonly settings: AppSettings,
  ) {}

  readonly verbs = {
    state: () => Promise.resolve(this.redis.state),
    /** So many callers at once. */
    ensure: async (callers: number, timeoutMs: number): Promise<Ensured> => {
      const calls = Array.from({ length: callers }, () => this.redis.ensureReadyClient({ timeoutMs }));
      const settled = await Promise.allSettled(calls);
      const given = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const rejected = settled.flatMap((one) => (one.status === 'rejected' ? [describeError(one.reason).kind] : []));
      return { clients: new Set(given).size, rejected };
    },
    /** What nobody should do to the client that is injected. */
    drop: () => {
      if (!('status' in this.client)) this.client.destroy();
      // of one that has ended already, ioredis leaves a listener on its socket each time
      else if (this.client.status !== 'end') this.client.disconnect();
      return Promise.resolve();
    },
    /** Further connections, as scripts make them. */
    crowd: async (count: number) => {
      const { redis } = this.settings;
      this.crowd = await Promise.all(Array.from({ length: count }, () => RedisClientFactory.create(redis)));
    },
  };

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.crowd.map((one) => one.close()));
  }
}
