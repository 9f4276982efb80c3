import { memoryTier } from 'nestjs-redis-hub/session';
import type { MemorySessionTier, SessionTier } from 'nestjs-redis-hub/session';
import { postgresTier } from 'nestjs-redis-hub/session/postgres';
import type { AppSettings } from '../protocol.js';

/** Token of the tiers beside Redis, so that a verb can tell whether Redis has yet to take a change. */
export const FALLBACK_TIERS = 'FAULTS:FALLBACK_TIERS';

/** The tiers of the app beside Redis, and who took what. */
export class FallbackTiers {
  private readonly memory: MemorySessionTier | undefined;
  private readonly postgres: SessionTier | undefined;
  /** Sessions whose last change Postgres took as one that Redis lacks. */
  private readonly waiting = new Set<string>();

  constructor({ fallbacks, postgres }: AppSettings) {
    this.memory = fallbacks ? memoryTier() : undefined;
    this.postgres = postgres && this.watched(postgresTier(postgres));
  }

  get list(): readonly SessionTier[] {
    return [this.postgres, this.memory].filter((tier) => tier !== undefined);
  }

  /** Who holds the last change of a session that Redis has yet to take; `redis` where nobody does. */
  async holderOf(id: string): Promise<'redis' | 'postgres' | 'memory'> {
    if (this.waiting.has(id)) return 'postgres';
    return (await this.memory?.get(id))?.dirty ? 'memory' : 'redis';
  }

  /** To ask Postgres itself would take its deadline while it is out. */
  private watched(tier: SessionTier): SessionTier {
    const put: SessionTier['put'] = async (id, entry, dirty) => {
      const held = await tier.put(id, entry, dirty);
      if (dirty) this.waiting.add(id);
      else this.waiting.delete(id);
      return held;
    };
    return new Proxy(tier, {
      get: (target, name) => {
        const value: unknown = name === 'put' ? put : Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as (...args: never[]) => unknown).bind(target) : value;
      },
    });
  }
}
