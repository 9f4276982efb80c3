import type { FallbackTiers } from './fallback-tiers.js';
import type { HybridClock } from './hybrid-clock.js';
import type { HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisOutcome, RedisTier } from './redis.tier.js';
import { mayFallBack, unavailableError } from './session.error.js';

/** How often a change that met a newer one is given a newer version. Whoever loses to so many was overtaken, not early. */
const ATTEMPTS = 3;

/** Writes through: Redis first, one attempt within the port's deadline, then the fallback tiers. @internal */
export class SessionWriter {
  constructor(
    private readonly standing: RedisStanding,
    private readonly redis: RedisTier,
    private readonly fallback: FallbackTiers,
    private readonly clock: HybridClock,
  ) {}

  /** False where the session was destroyed: it stays gone. */
  async set(id: string, data: string, ttlMs: number): Promise<boolean> {
    const local = await this.fallback.readLocal(id);
    if (local !== undefined && isTombstone(local.entry)) return false;
    return this.write(id, this.entryOf(data, ttlMs));
  }

  async destroy(id: string, ttlMs: number): Promise<void> {
    await this.write(id, this.entryOf(undefined, ttlMs));
  }

  /** False where there is no such session. */
  async touch(id: string, ttlMs: number): Promise<boolean> {
    const touch = { version: this.clock.next(), expiresAt: Date.now() + ttlMs };
    if (!this.standing.isEnabled && !this.fallback.isEmpty) return this.touchWhileOff(id, touch);
    const local = await this.fallback.readLocal(id);
    if (local !== undefined && hasEnded(local)) return false;
    try {
      return await this.touchRedis(id, touch, local);
    } catch (error) {
      return this.touchWithoutRedis(id, touch, error);
    }
  }

  private async touchWhileOff(id: string, touch: SessionTouch): Promise<boolean> {
    const held = await this.fallback.touch(id, touch, false);
    if (held === undefined && !(await this.fallback.read(id)).answered) throw unavailableError('session.touch', id);
    return isLive(held);
  }

  private async write(id: string, entry: SessionEntry): Promise<boolean> {
    if (!this.standing.isEnabled && !this.fallback.isEmpty) return this.writeFallback(id, entry);
    let sent = entry;
    try {
      const outcome = await this.sendNewer(entry.version, (version) => {
        sent = { ...entry, version, expiryVersion: version };
        return this.redis.put(id, sent);
      });
      return await this.keepCopy(id, sent, outcome);
    } catch (error) {
      if (!mayFallBack(error) || this.fallback.isEmpty) throw error;
      return this.writeFallback(id, sent, error);
    }
  }

  /** A tier may hold a version from a node whose clock is ahead, which this change, made after it, has to replace. */
  private async writeFallback(id: string, entry: SessionEntry, error?: unknown): Promise<boolean> {
    const isDirty = error !== undefined;
    let held = await this.fallback.take(id, entry, isDirty);
    for (
      let attempt = 1;
      held !== undefined && held.entry.version > entry.version && attempt < ATTEMPTS;
      attempt += 1
    ) {
      if (isTombstone(held.entry)) return false;
      this.clock.observe(held.entry.version);
      const version = this.clock.next();
      held = await this.fallback.take(id, { ...entry, version, expiryVersion: version }, isDirty);
    }
    if (held === undefined) throw unavailableError('session.set', id, error);
    return !isTombstone(held.entry);
  }

  /**
   * A change that is made now follows whatever is stored, also where another node's clock is ahead of ours; so one that
   * met a newer version is sent again with a version after that.
   */
  private async sendNewer(first: string, send: (version: string) => Promise<RedisOutcome>): Promise<RedisOutcome> {
    let outcome = await this.standing.attempt('write', () => send(first));
    for (let attempt = 1; outcome.status === 'stale' && attempt < ATTEMPTS; attempt += 1) {
      this.clock.observe(outcome.version);
      outcome = await this.standing.attempt('write', () => send(this.clock.next()));
    }
    return outcome;
  }

  private async keepCopy(id: string, sent: SessionEntry, outcome: RedisOutcome): Promise<boolean> {
    this.clock.observe(outcome.version);
    const isGone = outcome.status === 'gone';
    const held = await this.fallback.keep(id, isGone ? { ...sent, data: undefined } : sent);
    return !isGone && (held === undefined || isLive(held));
  }

  private async touchRedis(id: string, touch: SessionTouch, local: HeldSession | undefined): Promise<boolean> {
    let sent = touch;
    const { status, version } = await this.sendNewer(touch.version, (next) => {
      sent = { ...touch, version: next };
      return this.redis.touch(id, sent);
    });
    this.clock.observe(version);
    if (status === 'applied' || status === 'stale') {
      await this.fallback.touch(id, sent, false);
      return true;
    }
    if (status === 'missing') return this.touchUnconfirmed(id, sent, local);
    await this.fallback.keep(id, { ...this.entryOf(undefined, 0), version, expiresAt: sent.expiresAt });
    return false;
  }

  /** Redis has no such session; this process may hold one that is not there yet, or that a returning Redis lost. */
  private async touchUnconfirmed(id: string, touch: SessionTouch, local: HeldSession | undefined): Promise<boolean> {
    if (local === undefined) return false;
    if (local.dirty || !this.standing.isVerified) return isLive(await this.fallback.touch(id, touch, true));
    await this.fallback.forget(id, local.entry);
    return false;
  }

  private async touchWithoutRedis(id: string, touch: SessionTouch, error: unknown): Promise<boolean> {
    if (!mayFallBack(error) || this.fallback.isEmpty) throw error;
    const held = await this.fallback.touch(id, touch, true);
    if (held !== undefined) return isLive(held);
    const known = await this.fallback.read(id);
    if (known.held !== undefined || known.trusted) return false;
    throw unavailableError('session.touch', id, error);
  }

  private entryOf(data: string | undefined, ttlMs: number): SessionEntry {
    const version = this.clock.next();
    return { version, expiryVersion: version, expiresAt: Date.now() + ttlMs, data };
  }
}

/** By a change that this process knows and Redis may not: destroyed, or past an expiry that waits to be replayed. */
function hasEnded({ entry, dirty }: HeldSession): boolean {
  return isTombstone(entry) || (dirty && entry.expiresAt <= Date.now());
}

function isLive(held: HeldSession | undefined): boolean {
  return held !== undefined && !isTombstone(held.entry);
}
