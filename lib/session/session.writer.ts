import type { HeldSession, SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { RedisOutcome } from './redis.tier.js';
import { mayFallBack, unavailableError } from './session.error.js';
import type { SessionFallbackEvent } from './session-events.js';
import type { SessionSources } from './session.reader.js';

/** How often a change that met a newer one is given a newer version. Whoever loses to so many was overtaken, not early. */
const ATTEMPTS = 3;

/** A change before it has a version. @internal */
export interface SessionChange {
  readonly data: string | undefined;
  readonly userId?: string | undefined;
  readonly ttlMs: number;
  /** The end that it was found with, where that is not changed: a touch made since then stays. */
  readonly expiry?: Pick<SessionEntry, 'expiresAt' | 'expiryVersion'> | undefined;
}

/** Writes through: Redis first, one attempt within the port's deadline, then the fallback tiers. @internal */
export class SessionWriter {
  constructor(
    private readonly sources: SessionSources,
    private readonly untilVerified: () => Promise<void> | undefined,
    private readonly onMissed: () => void,
  ) {}

  /** False where the session was destroyed: it stays gone. */
  async set(id: string, change: SessionChange): Promise<boolean> {
    const { fallback } = this.sources;
    const local = fallback.isEmpty ? undefined : await fallback.readLocal(id);
    if (local !== undefined && isTombstone(local.entry)) return false;
    return this.write(id, this.entryOf(change));
  }

  async destroy(id: string, ttlMs: number): Promise<void> {
    await this.write(id, this.entryOf({ data: undefined, ttlMs }));
  }

  /**
   * Replaces that version of a session. While Redis is believed it decides whether the version still holds, else the first
   * tier that answers.
   */
  async replace(id: string, version: string, change: SessionChange): Promise<'done' | 'conflict' | 'gone'> {
    const { standing, trust, fallback } = this.sources;
    await this.untilVerified();
    this.sources.clock.observe(version);
    const entry = this.entryOf(change);
    if (!standing.isEnabled && !fallback.isEmpty) return this.replaceInTiers(id, version, entry, 'disabled');
    if (trust.mode === 'doubt' && fallback.isSharedAvailable) {
      return this.replaceInTiers(id, version, entry, 'doubt', unavailableError('session.update', id));
    }
    try {
      return await this.replaceInRedis(id, version, entry);
    } catch (error) {
      if (!mayFallBack(error) || fallback.isEmpty) throw error;
      return this.replaceInTiers(id, version, entry, 'outage', error);
    }
  }

  private async replaceInRedis(
    id: string,
    version: string,
    entry: SessionEntry,
  ): Promise<'done' | 'conflict' | 'gone'> {
    const { standing, trust, redis } = this.sources;
    const { mark } = trust;
    const sending = standing.attempt('write', () => redis.putIf(id, entry, version));
    const outcome = await this.withIndex(sending, id, entry);
    if (outcome.status === 'conflict') return 'conflict';
    const isConfirmed = mark !== undefined && trust.mark === mark;
    return (await this.keepCopy(id, entry, outcome, !isConfirmed)) === false ? 'gone' : 'done';
  }

  private async replaceInTiers(
    id: string,
    version: string,
    entry: SessionEntry,
    reason: SessionFallbackEvent['reason'],
    error?: unknown,
  ) {
    const held = await this.sources.fallback.takeIf(id, entry, version, error !== undefined);
    if (held === undefined) throw unavailableError('session.update', id, error);
    this.sources.events.served('write', reason);
    if (held === 'conflict') return 'conflict';
    return isTombstone(held.entry) ? 'gone' : 'done';
  }

  private async write(id: string, first: SessionEntry): Promise<boolean> {
    const { standing, fallback } = this.sources;
    if (!standing.isEnabled && !fallback.isEmpty) return this.writeFallback(id, first);
    let entry = first;
    for (let attempt = 1; ; attempt += 1) {
      const held = await this.writeOnce(id, entry);
      if (typeof held === 'boolean') return held;
      // Another tier knows of a newer change: this one is made now, and follows it.
      if (held.version <= entry.version || attempt >= ATTEMPTS) return true;
      this.sources.clock.observe(held.version);
      entry = this.renewed(entry);
    }
  }

  /** What the tiers hold after it, or whether the change counts where there is nothing more to say. */
  private async writeOnce(id: string, entry: SessionEntry): Promise<SessionEntry | boolean> {
    const { trust, redis, fallback } = this.sources;
    await this.untilVerified();
    const { mark } = trust;
    let sent = entry;
    try {
      const sending = this.sendNewer(entry.version, (version) => {
        sent = { ...entry, version, expiryVersion: version };
        return redis.put(id, sent);
      });
      const outcome = await this.withIndex(sending, id, entry);
      const isConfirmed = mark !== undefined && trust.mark === mark;
      return await this.keepCopy(id, sent, outcome, !isConfirmed);
    } catch (error) {
      if (!mayFallBack(error) || fallback.isEmpty) throw error;
      return this.writeFallback(id, sent, error);
    }
  }

  /** Before the change is acknowledged: the index may name what is not there, but lacks nothing that is. */
  private async withIndex(
    sending: Promise<RedisOutcome>,
    id: string,
    { userId, expiresAt }: SessionEntry,
  ): Promise<RedisOutcome> {
    const { standing, index } = this.sources;
    if (userId === undefined) return sending;
    const indexing = standing.attempt('write', () => index.add(userId, id, expiresAt));
    const [outcome] = await Promise.all([sending, indexing]);
    return outcome;
  }

  private async keepCopy(id: string, sent: SessionEntry, outcome: RedisOutcome, dirty: boolean) {
    const { clock, fallback, pending, standing } = this.sources;
    clock.observe(outcome.version);
    const isGone = outcome.status === 'gone';
    if (fallback.isEmpty) return !isGone;
    const entry: SessionEntry = isGone ? { ...sent, data: undefined, userId: undefined } : sent;
    const { held, missed } = await fallback.keep(id, entry, dirty);
    if (missed) {
      await standing.attempt('write', () => pending.add(id, entry));
      this.onMissed();
    }
    if (isGone || (held !== undefined && isTombstone(held.entry))) return false;
    return held?.entry ?? true;
  }

  /** A tier may hold a version from a node whose clock is ahead, which this change, made after it, has to replace. */
  private async writeFallback(id: string, first: SessionEntry, error?: unknown): Promise<boolean> {
    const { clock, fallback } = this.sources;
    const isDirty = error !== undefined;
    let entry = first;
    let held = await fallback.take(id, entry, isDirty);
    for (let attempt = 1; isOvertaken(entry, held) && attempt < ATTEMPTS; attempt += 1) {
      clock.observe(held.entry.version);
      entry = this.renewed(entry);
      held = await fallback.take(id, entry, isDirty);
    }
    if (held === undefined) throw unavailableError('session.set', id, error);
    this.sources.events.served('write', isDirty ? 'outage' : 'disabled');
    return !isTombstone(held.entry);
  }

  /**
   * A change that is made now follows whatever is stored, also where another node's clock is ahead of ours; so one that
   * met a newer version is sent again with a version after that.
   */
  private async sendNewer(first: string, send: (version: string) => Promise<RedisOutcome>): Promise<RedisOutcome> {
    const { standing, clock } = this.sources;
    let outcome = await standing.attempt('write', () => send(first));
    for (let attempt = 1; outcome.status === 'stale' && attempt < ATTEMPTS; attempt += 1) {
      clock.observe(outcome.version);
      outcome = await standing.attempt('write', () => send(clock.next()));
    }
    return outcome;
  }

  private renewed(entry: SessionEntry): SessionEntry {
    const version = this.sources.clock.next();
    return { ...entry, version, expiryVersion: version };
  }

  private entryOf({ data, userId, ttlMs, expiry }: SessionChange): SessionEntry {
    const version = this.sources.clock.next();
    const user = userId === undefined ? {} : { userId };
    const { expiresAt, expiryVersion } = expiry ?? { expiresAt: Date.now() + ttlMs, expiryVersion: version };
    return { version, expiryVersion, expiresAt, data, ...user };
  }
}

function isOvertaken(entry: SessionEntry, held: HeldSession | undefined): held is HeldSession {
  return held !== undefined && !isTombstone(held.entry) && held.entry.version > entry.version;
}
