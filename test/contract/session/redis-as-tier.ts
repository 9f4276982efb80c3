import type { DirtySession, HeldSession, SessionEntry, SessionTier, SessionTouch } from '../../../lib/session/index.js';
import { isTombstone } from '../../../lib/session/index.js';
import { RedisTier } from '../../../lib/session/redis.tier.js';
import { TaggedScripts } from '../../../lib/session/tagged-scripts.js';
import { encodeId } from '../../../lib/utils/encode-id.js';
import type { RedisCommands } from '../../../lib/interfaces/redis-commands.interface.js';

const PREFIX = 'contract:';

/**
 * Redis as a tier among the others. It is what they are measured by: nothing in it is dirty, and it lists and forgets
 * nothing as a tier does.
 */
export class RedisAsTier implements SessionTier {
  readonly name = 'redis';
  readonly shared = true;
  readonly isAvailable = true;
  readonly dirtyCount = 0;
  private readonly redis: RedisTier;

  constructor(private readonly commands: RedisCommands) {
    const scripts = new TaggedScripts(commands, (reason) => {
      throw reason;
    });
    this.redis = new RedisTier(commands, scripts, PREFIX);
  }

  async get(id: string): Promise<HeldSession | undefined> {
    const entry = await this.redis.get(id);
    return entry && { entry: await this.withEnd(id, entry), dirty: false };
  }

  async put(id: string, entry: SessionEntry): Promise<HeldSession> {
    await this.redis.put(id, entry);
    return (await this.get(id)) ?? { entry, dirty: false };
  }

  async touch(id: string, touch: SessionTouch): Promise<HeldSession | undefined> {
    const { status } = await this.redis.touch(id, touch);
    return status === 'missing' || status === 'gone' ? undefined : this.get(id);
  }

  async forget(): Promise<void> {
    // what is in Redis ends with its key
  }

  async *drain(): AsyncGenerator<readonly DirtySession[]> {
    // nothing waits for Redis here
  }

  async confirm(): Promise<void> {
    // it is Redis that confirms
  }

  async markAllDirty(): Promise<void> {
    // as above
  }

  /** A tombstone that was lengthened says so by its key alone. */
  private async withEnd(id: string, entry: SessionEntry): Promise<SessionEntry> {
    if (!isTombstone(entry)) return entry;
    const left = await this.commands.pttl(PREFIX + encodeId(id));
    return { ...entry, expiresAt: Math.max(entry.expiresAt, Date.now() + left) };
  }
}
