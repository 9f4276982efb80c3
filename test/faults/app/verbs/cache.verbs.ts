import { Inject, Injectable } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import type { CacheUnavailableOptions } from 'nestjs-redis-hub';
import { PAYLOAD } from '../../protocol.js';
import { APP_SETTINGS } from '../app-settings.js';
import type { AppSettings } from '../../protocol.js';
import type { VerbsProvider } from './verbs.js';

const TTL_MS = 600_000;

@Injectable()
export class CacheVerbs implements VerbsProvider {
  private readonly whenOut: CacheUnavailableOptions;

  constructor(
    @Inject(RedisService) private readonly redis: RedisService,
    @Inject(APP_SETTINGS) { fallbacks }: AppSettings,
  ) {
    this.whenOut = { onUnavailable: fallbacks ? 'miss' : 'throw' };
  }

  readonly verbs = {
    write: (key: string, n: number) =>
      this.redis.cacheSet(`cache:${key}`, { key, n, payload: PAYLOAD }, { ttlMs: TTL_MS, ...this.whenOut }),
    read: async (key: string) => {
      const result = await this.redis.cacheGet<{ key: string; n: number }>(`cache:${key}`, this.whenOut);
      return result.hit
        ? { hit: true, key: result.value.key, n: result.value.n }
        : { hit: false, reason: result.reason };
    },
  };
}
