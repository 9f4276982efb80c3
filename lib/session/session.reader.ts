import type { FallbackAnswer, FallbackTiers } from './fallback-tiers.js';
import type { HybridClock } from './hybrid-clock.js';
import type { HeldSession, SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisTier } from './redis.tier.js';
import { mayFallBack, unavailableError } from './session.error.js';

/** Finds the newest entry of a session that any tier can answer with. @internal */
export class SessionReader {
  constructor(
    private readonly standing: RedisStanding,
    private readonly redis: RedisTier,
    private readonly fallback: FallbackTiers,
    private readonly clock: HybridClock,
    private readonly onRollback: () => void,
  ) {}

  /** The live entry; undefined only where it is known that there is none. */
  async read(id: string): Promise<SessionEntry | undefined> {
    if (!this.standing.isEnabled && !this.fallback.isEmpty) return this.readWhileOff(id);
    const before = await this.fallback.readLocal(id);
    if (before !== undefined && isTombstone(before.entry)) return undefined;
    try {
      const stored = await this.standing.attempt('read', () => this.redis.get(id));
      return stored === undefined ? await this.readAbsent(id, before) : await this.readStored(id, before, stored);
    } catch (error) {
      return this.readWithoutRedis(id, error);
    }
  }

  /**
   * Redis has the session. This process may know a newer change: one that Redis has not confirmed, one that was
   * acknowledged while the reply was on its way, or one that Redis lost when it came back with old data.
   */
  private async readStored(id: string, before: HeldSession | undefined, stored: SessionEntry) {
    this.clock.observe(stored.version);
    this.clock.observe(stored.expiryVersion);
    if (before !== undefined && !before.dirty && before.entry.version > stored.version && !isTombstone(stored)) {
      await this.fallback.take(id, before.entry, true);
      this.onRollback();
    }
    const held = await this.fallback.refresh(id, stored);
    const entry = held?.entry ?? stored;
    if (isTombstone(entry)) return undefined;
    // That a key is there is Redis' word that the session lives, whatever this node's clock says.
    return entry.version === stored.version ? entry : ownEntry(held);
  }

  /** Redis has no such key, which ends a clean copy: it expired there, or an administrator flushed it. */
  private async readAbsent(id: string, before: HeldSession | undefined): Promise<SessionEntry | undefined> {
    const held = await this.fallback.readLocal(id);
    if (held === undefined) return undefined;
    const isUnchanged = before?.entry.version === held.entry.version;
    if (held.dirty || !isUnchanged || !this.standing.isVerified) return ownEntry(held);
    await this.fallback.forget(id, held.entry);
    return undefined;
  }

  /** Redis is off by choice: the tiers that answer are all there is, and may say "not found". */
  private async readWhileOff(id: string): Promise<SessionEntry | undefined> {
    const { held, answered } = await this.fallback.read(id);
    if (!answered) throw unavailableError('session.get', id);
    return ownEntry(held);
  }

  private async readWithoutRedis(id: string, error: unknown): Promise<SessionEntry | undefined> {
    if (this.fallback.isEmpty) throw error;
    const { held, trusted } = mayFallBack(error) ? await this.fallback.read(id) : await this.readUnconfirmed(id);
    if (held !== undefined) return ownEntry(held);
    if (trusted) return undefined;
    throw mayFallBack(error) ? unavailableError('session.get', id, error) : error;
  }

  /** A key that is corrupt is no reason to deny a change that never reached it. */
  private async readUnconfirmed(id: string): Promise<Pick<FallbackAnswer, 'held' | 'trusted'>> {
    const held = await this.fallback.readLocal(id);
    return { held: held?.dirty ? held : undefined, trusted: false };
  }
}

/** The entry where it lives, by this process' own clock. */
function ownEntry(held: HeldSession | undefined): SessionEntry | undefined {
  if (held === undefined || isTombstone(held.entry)) return undefined;
  return held.entry.expiresAt > Date.now() ? held.entry : undefined;
}
