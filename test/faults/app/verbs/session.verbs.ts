import { Inject, Injectable } from '@nestjs/common';
import { SessionStore } from 'nestjs-redis-hub/session';
import { PAYLOAD } from '../../protocol.js';
import { FALLBACK_TIER, type FallbackTier } from '../fallback-tier.js';
import type { VerbsProvider } from './verbs.js';

@Injectable()
export class SessionVerbs implements VerbsProvider {
  constructor(
    @Inject(SessionStore) private readonly sessions: SessionStore,
    @Inject(FALLBACK_TIER) private readonly fallback: FallbackTier,
  ) {}

  readonly verbs = {
    /** Acknowledged, and whether Redis has yet to take it. */
    write: async (id: string, n: number) => {
      const stored = await this.sessions.set(id, { key: id, n, payload: PAYLOAD });
      const held = await this.fallback.tier?.get(id);
      return { stored, dirty: held?.dirty ?? false };
    },
    /** What was found, and which tier answers now. */
    read: async (id: string) => {
      const session = await this.sessions.get<{ key: string; n: number }>(id);
      return { key: session?.key, n: session?.n, tier: this.sessions.status().tier };
    },
    status: () => Promise.resolve(this.sessions.status()),
  };
}
