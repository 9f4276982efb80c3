import { isRedisError } from '../errors/redis.error.js';
import type { FallbackAnswer, FallbackTiers } from './fallback-tiers.js';
import type { HybridClock } from './hybrid-clock.js';
import type { HeldSession, SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone, joinEntries } from './join-entries.js';
import type { PendingSet } from './pending-set.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisTier } from './redis.tier.js';
import type { RedisTrust } from './redis.trust.js';
import type { SessionEvents } from './session-events.js';
import { doubtError, mayFallBack, unavailableError } from './session.error.js';
import type { UserIndex } from './user-index.js';

/** What a reader asks. @internal */
export interface SessionSources {
  readonly standing: RedisStanding;
  readonly trust: RedisTrust;
  readonly redis: RedisTier;
  readonly fallback: FallbackTiers;
  readonly pending: PendingSet;
  readonly index: UserIndex;
  readonly clock: HybridClock;
  readonly events: SessionEvents;
  /** Whether sessions are known by their users. */
  readonly hasUsers: boolean;
  /** Whose session it is; undefined where that is not told. */
  readonly userOf: (data: string | undefined) => string | undefined;
}

/** Finds the newest entry of a session that any tier can answer with. @internal */
export class SessionReader {
  constructor(
    private readonly sources: SessionSources,
    private readonly onRollback: () => void,
  ) {}

  /** The live entry; undefined only where it is known that there is none. */
  async read(id: string): Promise<SessionEntry | undefined> {
    const entry = await this.find(id);
    return entry === undefined || isTombstone(entry) ? undefined : entry;
  }

  /** As {@link read}, tombstones included. */
  async find(id: string): Promise<SessionEntry | undefined> {
    const { standing, trust, fallback } = this.sources;
    if (!standing.isEnabled && !fallback.isEmpty) return this.readWhileOff(id);
    const before = fallback.isEmpty ? undefined : await fallback.readLocal(id);
    if (before !== undefined && isTombstone(before.entry)) return before.entry;
    const others = trust.mode === 'redis' ? undefined : fallback.read(id);
    const found = await this.ask(id, before, others).catch((error: unknown) =>
      this.readWithoutRedis(id, error, others),
    );
    // Not to be taken for an outage, where less is known and more is told.
    if (isRedisError(found)) throw found;
    return found;
  }

  private async ask(id: string, before: HeldSession | undefined, others: Promise<FallbackAnswer> | undefined) {
    const { standing, trust, redis } = this.sources;
    const { mode } = trust;
    const stored = await standing.attempt('read', () => redis.get(id));
    const answer = await others;
    if (answer?.trusted) return this.readBoth(id, stored, answer);
    if (mode === 'doubt') return this.readInDoubt(id, stored, answer);
    return stored === undefined ? this.readAbsent(id, before) : this.readStored(id, before, stored);
  }

  /**
   * Redis has the session. This process may know a newer change: one that Redis has not confirmed, one that was
   * acknowledged while the reply was on its way, or one that Redis lost when it came back with old data.
   */
  private async readStored(id: string, before: HeldSession | undefined, stored: SessionEntry) {
    const { fallback } = this.sources;
    this.observe(stored);
    if (fallback.isEmpty) return stored;
    if (before !== undefined && !before.dirty && before.entry.version > stored.version && !isTombstone(stored)) {
      await fallback.take(id, before.entry, true);
      this.onRollback();
    }
    const held = await fallback.refresh(id, stored);
    const entry = held?.entry ?? stored;
    if (isTombstone(entry)) return entry;
    // That a key is there is Redis' word that the session lives, whatever this node's clock says.
    return entry.version === stored.version ? entry : ownEntry(held);
  }

  /** Redis has no such key, which ends a clean copy: it expired there, or an administrator flushed it. */
  private async readAbsent(id: string, before: HeldSession | undefined): Promise<SessionEntry | undefined> {
    const { fallback, standing } = this.sources;
    const held = await fallback.readLocal(id);
    if (held === undefined) return undefined;
    // A copy that Redis had yet to take when it was asked: a replay may have brought it there since, and confirmed it.
    const isKnown = before?.dirty === false && before.entry.version === held.entry.version;
    if (held.dirty || !isKnown || !standing.isVerified) return ownEntry(held);
    await fallback.forget(id, held.entry);
    return undefined;
  }

  /** Redis and a shared tier answered, and either may have what the other lacks. */
  private async readBoth(id: string, stored: SessionEntry | undefined, { held }: FallbackAnswer) {
    if (stored !== undefined) this.observe(stored);
    if (held !== undefined) this.observe(held.entry);
    if (stored === undefined) return ownEntry(held);
    const entry = held === undefined ? stored : joinEntries(held.entry, stored);
    if (isTombstone(entry)) return entry;
    await this.sources.fallback.refresh(id, entry);
    if (entry.version !== stored.version) return ownEntry({ entry, dirty: true });
    // A shared tier is told of touches ahead of time; Redis has the end that was promised.
    return stored.expiryVersion >= entry.expiryVersion ? { ...entry, expiresAt: stored.expiresAt } : entry;
  }

  /** It is known that Redis may be behind, and who knows better does not answer. What this process wrote last is told. */
  private readInDoubt(id: string, stored: SessionEntry | undefined, answer: FallbackAnswer | undefined) {
    const known = answer?.held;
    const held = known && stored ? { ...known, entry: joinEntries(known.entry, stored) } : known;
    const isSure = held !== undefined && answer?.undecided === undefined && this.sources.pending.isSure(id, held);
    if (!isSure) return doubtError('session.get', id, answer?.undecided);
    this.sources.events.served('read', 'doubt');
    return ownEntry(held);
  }

  /** Redis is off by choice: the tiers that answer are all there is, and may say "not found". */
  private async readWhileOff(id: string): Promise<SessionEntry | undefined> {
    const { held, answered } = await this.sources.fallback.read(id);
    if (!answered) throw unavailableError('session.get', id);
    this.sources.events.served('read', 'disabled');
    return ownEntry(held);
  }

  private async readWithoutRedis(id: string, error: unknown, others?: Promise<FallbackAnswer>) {
    const { fallback, pending } = this.sources;
    if (fallback.isEmpty) throw error;
    if (!mayFallBack(error)) return this.readUnconfirmed(id, error);
    const { held, trusted, undecided } = await (others ?? fallback.read(id));
    if (undecided !== undefined) throw unavailableError('session.get', id, undecided);
    if (pending.isBehind(id, held?.entry)) throw unavailableError('session.get', id, error);
    if (held === undefined && !trusted) throw unavailableError('session.get', id, error);
    if (held !== undefined) this.observe(held.entry);
    this.sources.events.served('read', 'outage');
    return ownEntry(held);
  }

  /** A key that is corrupt is no reason to deny a change that never reached it. */
  private async readUnconfirmed(id: string, error: unknown): Promise<SessionEntry | undefined> {
    const { fallback, trust } = this.sources;
    const { held } = trust.isAgreed ? await fallback.read(id) : { held: await fallback.readLocal(id) };
    if (held?.dirty) return ownEntry(held);
    throw error;
  }

  private observe({ version, expiryVersion }: SessionEntry): void {
    this.sources.clock.observe(version);
    this.sources.clock.observe(expiryVersion);
  }
}

/** The entry where it lives, by this process' own clock. */
function ownEntry(held: HeldSession | undefined): SessionEntry | undefined {
  if (held === undefined || isTombstone(held.entry)) return held?.entry;
  return held.entry.expiresAt > Date.now() ? held.entry : undefined;
}
