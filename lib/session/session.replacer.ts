import type { SessionEntry } from './interfaces/session-entry.interface.js';
import { hadEnded } from './join-entries.js';
import type { SessionFallbackEvent } from './session-events.js';
import { mayFallBack, unavailableError } from './session.error.js';
import type { SessionSources } from './session.reader.js';
import type { SessionChange, SessionWriter } from './session.writer.js';

/** What became of a change that goes by a version: `conflict` where another is stored, `gone` where it was destroyed. @internal */
export type Replaced = 'done' | 'conflict' | 'gone';

/** @internal */
export interface Ended {
  readonly outcome: Replaced;
  /** How long the session would have lived, where a touch had lengthened its life since it was read. */
  readonly leftMs?: number | undefined;
}

type Reason = SessionFallbackEvent['reason'];

/**
 * Changes a session provided that it still is what was read. While Redis is believed it decides that, else the first tier
 * that answers.
 *
 * @internal
 */
export class SessionReplacer {
  constructor(
    private readonly sources: SessionSources,
    private readonly writer: SessionWriter,
    private readonly untilVerified: () => Promise<void> | undefined,
  ) {}

  async replace(id: string, version: string, change: SessionChange): Promise<Replaced> {
    // Seen before the change gets its own, which has to be newer.
    this.sources.clock.observe(version);
    return this.put(id, version, this.writer.entryOf(change));
  }

  /** Replaces that version by this live entry. */
  put(id: string, version: string, entry: SessionEntry): Promise<Replaced> {
    return this.decide(
      'session.update',
      id,
      () => this.putInRedis(id, version, entry),
      (reason, error) => this.putInTiers(id, version, entry, reason, error),
    );
  }

  /** Ends a session as it was found; the tombstone has this version, and stays for this long at least. */
  end(id: string, found: SessionEntry, version: string, ttlMs: number): Promise<Ended> {
    const tombstone = { version, expiryVersion: version, expiresAt: Date.now() + ttlMs, data: undefined };
    return this.decide(
      'session.rotate',
      id,
      () => this.endInRedis(id, found, tombstone),
      (reason, error) => this.endInTiers(id, found, tombstone, reason, error),
    );
  }

  private async decide<T>(
    operation: string,
    id: string,
    inRedis: () => Promise<T>,
    inTiers: (reason: Reason, error?: unknown) => Promise<T>,
  ): Promise<T> {
    const { standing, trust, fallback } = this.sources;
    await this.untilVerified();
    if (!standing.isEnabled && !fallback.isEmpty) return inTiers('disabled');
    if (trust.mode === 'doubt' && fallback.isSharedAvailable) return inTiers('doubt', unavailableError(operation, id));
    try {
      return await inRedis();
    } catch (error) {
      if (!mayFallBack(error) || fallback.isEmpty) throw error;
      return inTiers('outage', error);
    }
  }

  private async putInRedis(id: string, version: string, entry: SessionEntry): Promise<Replaced> {
    const { standing, trust, redis } = this.sources;
    const { mark } = trust;
    const sending = standing.attempt('write', () => redis.putIf(id, entry, version));
    const outcome = await this.writer.withIndex(sending, id, entry);
    if (outcome.status === 'conflict') return 'conflict';
    const isConfirmed = mark !== undefined && trust.mark === mark;
    return (await this.writer.keepCopy(id, entry, outcome, !isConfirmed)) === false ? 'gone' : 'done';
  }

  private async putInTiers(id: string, version: string, entry: SessionEntry, reason: Reason, error?: unknown) {
    const held = await this.takeIf('session.update', id, version, entry, reason, error);
    if (held === 'conflict') return 'conflict';
    return hadEnded(held.entry, entry) ? 'gone' : 'done';
  }

  private async endInRedis(id: string, found: SessionEntry, tombstone: SessionEntry): Promise<Ended> {
    const { standing, trust, redis } = this.sources;
    const { mark } = trust;
    const { status, version, before } = await standing.attempt('write', () =>
      redis.putIf(id, tombstone, found.version),
    );
    if (status === 'conflict') return { outcome: 'conflict' };
    const isConfirmed = mark !== undefined && trust.mark === mark;
    const held = await this.writer.tell(id, { ...tombstone, version }, !isConfirmed);
    // Another end of it that Redis was not told of is a logout.
    if (status === 'gone' || (held !== undefined && held.entry.version !== version)) return { outcome: 'gone' };
    const isTouched = before !== undefined && before.expiryVersion !== found.expiryVersion;
    return { outcome: 'done', leftMs: isTouched ? before.leftMs : undefined };
  }

  /** At first for as long as the session would have lived: what is held then is longer where it was touched. */
  private async endInTiers(
    id: string,
    found: SessionEntry,
    tombstone: SessionEntry,
    reason: Reason,
    error?: unknown,
  ): Promise<Ended> {
    const first = { ...tombstone, expiresAt: found.expiresAt };
    const held = await this.takeIf('session.rotate', id, found.version, first, reason, error);
    if (held === 'conflict') return { outcome: 'conflict' };
    if (held.entry.version !== tombstone.version) return { outcome: 'gone' };
    // It is ended, also where it is not remembered for longer.
    await Promise.allSettled([this.sources.fallback.take(id, tombstone, error !== undefined)]);
    const isTouched = held.entry.expiresAt > found.expiresAt;
    return { outcome: 'done', leftMs: isTouched ? held.entry.expiresAt - Date.now() : undefined };
  }

  private async takeIf(
    operation: string,
    id: string,
    version: string,
    entry: SessionEntry,
    reason: Reason,
    error?: unknown,
  ) {
    const held = await this.sources.fallback.takeIf(id, entry, version, error !== undefined);
    if (held === undefined) throw unavailableError(operation, id, error);
    this.sources.events.served('write', reason);
    return held;
  }
}
