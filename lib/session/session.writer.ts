import type { HeldSession, SessionEntry } from './interfaces/session-entry.interface.js';
import { hadEnded, isTombstone } from './join-entries.js';
import type { RedisOutcome } from './redis.tier.js';
import { mayFallBack, unavailableError } from './session.error.js';
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

  /** Puts an entry with the version that it has: where a newer one is stored, that stays. */
  async plant(id: string, entry: SessionEntry): Promise<void> {
    const { standing, trust, redis, fallback } = this.sources;
    if (!standing.isEnabled && !fallback.isEmpty) return this.plantFallback(id, entry);
    await this.untilVerified();
    const { mark } = trust;
    try {
      const outcome = await standing.attempt('write', () => redis.put(id, entry));
      await this.keepCopy(id, entry, outcome, mark === undefined || trust.mark !== mark);
    } catch (error) {
      if (!mayFallBack(error) || fallback.isEmpty) throw error;
      await this.plantFallback(id, entry, error);
    }
  }

  private async plantFallback(id: string, entry: SessionEntry, error?: unknown): Promise<void> {
    const held = await this.sources.fallback.take(id, entry, error !== undefined);
    if (held === undefined) throw unavailableError('session.rotate', id, error);
  }

  private async write(id: string, first: SessionEntry): Promise<boolean> {
    const { standing, fallback } = this.sources;
    if (!standing.isEnabled && !fallback.isEmpty) return this.writeFallback(id, first);
    let entry = first;
    for (let attempt = 1; ; attempt += 1) {
      const held = await this.writeOnce(id, entry);
      if (typeof held === 'boolean') return held;
      // Another tier knows of a newer change: this one is made now, and follows it.
      if (attempt >= ATTEMPTS) return true;
      this.sources.clock.observe(held.version);
      entry = this.renewed(entry);
    }
  }

  /** What the tiers hold that is newer, or whether the change counts where there is nothing more to say. */
  private async writeOnce(id: string, entry: SessionEntry): Promise<SessionEntry | boolean> {
    const { trust, redis, fallback } = this.sources;
    const verifying = this.untilVerified();
    if (verifying !== undefined) await verifying;
    const { mark } = trust;
    let sent = entry;
    try {
      const sending = this.sendNewer(entry.version, (version) => {
        sent = { ...entry, version, expiryVersion: version };
        return redis.put(id, sent);
      });
      const outcome = await this.withIndex(sending, id, entry);
      const isConfirmed = mark !== undefined && trust.mark === mark;
      const held = await this.keepCopy(id, sent, outcome, !isConfirmed);
      return typeof held === 'boolean' || held.version > sent.version ? held : true;
    } catch (error) {
      if (!mayFallBack(error) || fallback.isEmpty) throw error;
      return this.writeFallback(id, sent, error);
    }
  }

  /** Before the change is acknowledged: the index may name what is not there, but lacks nothing that is. */
  withIndex(sending: Promise<RedisOutcome>, id: string, { userId, expiresAt }: SessionEntry): Promise<RedisOutcome> {
    const { standing, index } = this.sources;
    if (userId === undefined) return sending;
    const indexing = standing.attempt('write', () => index.add(userId, id, expiresAt));
    return Promise.all([sending, indexing]).then(([outcome]) => outcome);
  }

  /** What the tiers hold after what Redis took, or whether the change counts where there is nothing more to say. */
  async keepCopy(
    id: string,
    sent: SessionEntry,
    outcome: RedisOutcome,
    dirty: boolean,
  ): Promise<SessionEntry | boolean> {
    this.sources.clock.observe(outcome.version);
    const isGone = outcome.status === 'gone';
    if (this.sources.fallback.isEmpty) return !isGone;
    // With its own version: by that a rotation's tombstone is known.
    const gone = { ...sent, version: outcome.version, data: undefined, userId: undefined };
    const held = await this.tell(id, isGone ? gone : sent, dirty, sent);
    if (isGone) return false;
    if (held === undefined || !isTombstone(held.entry)) return held?.entry ?? true;
    return !hadEnded(held.entry, sent);
  }

  /** Tells the tiers of what Redis holds, and notes the change where a shared one missed it. */
  async tell(
    id: string,
    entry: SessionEntry,
    dirty: boolean,
    change: SessionEntry = entry,
  ): Promise<HeldSession | undefined> {
    const { fallback, pending, standing } = this.sources;
    if (fallback.isEmpty) return undefined;
    const { held, missed } = await fallback.keep(id, entry, dirty);
    if (missed) {
      await standing.attempt('write', () => pending.add(id, change));
      this.onMissed();
    }
    return held;
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

  entryOf({ data, userId, ttlMs, expiry }: SessionChange): SessionEntry {
    const version = this.sources.clock.next();
    const user = userId === undefined ? {} : { userId };
    const { expiresAt, expiryVersion } = expiry ?? { expiresAt: Date.now() + ttlMs, expiryVersion: version };
    return { version, expiryVersion, expiresAt, data, ...user };
  }
}

function isOvertaken(entry: SessionEntry, held: HeldSession | undefined): held is HeldSession {
  return held !== undefined && !isTombstone(held.entry) && held.entry.version > entry.version;
}
