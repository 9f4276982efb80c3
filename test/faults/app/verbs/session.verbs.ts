import { Inject, Injectable } from '@nestjs/common';
import { RedisService } from 'nestjs-redis-hub';
import { SessionStore } from 'nestjs-redis-hub/session';
import { PAYLOAD } from '../../protocol.js';
import { FALLBACK_TIERS, type FallbackTiers } from '../fallback-tiers.js';
import type { VerbsProvider } from './verbs.js';

@Injectable()
export class SessionVerbs implements VerbsProvider {
  constructor(
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(FALLBACK_TIERS) private readonly fallback: FallbackTiers,
    @Inject(RedisService) private readonly redis: RedisService,
  ) {}

  readonly verbs = {
    /** Acknowledged, and by whom. */
    write: async (id: string, n: number) => {
      const stored = await this.sessions.set(id, { key: id, n, payload: PAYLOAD });
      return { stored, tier: await this.takerOf(id, n) };
    },
    /** What was found, and which tier answers now. */
    read: async (id: string) => {
      const session = await this.sessions.get<{ key: string; n: number }>(id);
      return { key: session?.key, n: session?.n, tier: this.sessions.status().tier };
    },
    status: () => Promise.resolve(this.sessions.status()),
  };

  /** Until nodes agree on the Redis that is there, Postgres keeps what Redis took as if it had not. */
  private async takerOf(id: string, n: number): Promise<string> {
    const holder = await this.fallback.holderOf(id);
    if (holder !== 'postgres' || this.sessions.status().tier !== 'redis') return holder;
    const text = await this.redis.commands.get(`dialog:session:${id}`).catch(() => undefined);
    return text?.includes(`"n":${n},`) ? 'redis' : holder;
  }
}
