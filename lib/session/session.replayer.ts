import type { SessionEntry } from './interfaces/session-entry.interface.js';
import type { PendingNote } from './pending-set.js';
import type { SessionReplayEvent } from './session-events.js';
import type { SessionSources } from './session.reader.js';
import type { PendingSession } from './tiers-at-once.js';

/** Of a session that ended in Redis before a shared tier heard of its last change. */
const ENDED_DATA = '{}';

/** Brings one session from the tier that has it to the one that lacks it. Rejects with what the tier in the way says. @internal */
export class SessionReplayer {
  constructor(private readonly sources: SessionSources) {}

  /** To Redis. */
  replay(pending: PendingSession): Promise<boolean> {
    return this.told('redis', () => this.bring(pending));
  }

  /** To a shared tier; whether it took it. */
  tell(note: PendingNote): Promise<boolean> {
    return this.told('shared', () => this.copyFromRedis(note));
  }

  /** From this process to a shared tier, when Redis cannot take it; whether that could. */
  spill({ tier, id, entry }: PendingSession): Promise<boolean> {
    return this.told('shared', async () => {
      const isTaken = await this.sources.fallback.copy(id, entry, true);
      if (isTaken) await tier.confirm(id, entry);
      return isTaken;
    });
  }

  private async told(to: SessionReplayEvent['to'], work: () => Promise<boolean>): Promise<boolean> {
    const { events } = this.sources;
    try {
      const isDone = await work();
      if (isDone) events.replayed(to);
      return isDone;
    } catch (error) {
      events.replayed(to, error);
      throw error;
    }
  }

  private async bring({ tier, id, entry }: PendingSession): Promise<boolean> {
    const { standing, redis, trust, index, userOf } = this.sources;
    const { mark } = trust;
    const userId = entry.userId ?? userOf(entry.data);
    if (userId !== undefined) await standing.attempt('write', () => index.add(userId, id, entry.expiresAt));
    const { status, version } = await standing.attempt('write', () => redis.put(id, entry));
    // Confirmed by a Redis that the others do not read, or by one that was lost meanwhile: once more.
    if (tier.shared && (mark === undefined || mark !== trust.mark)) return false;
    const final = await this.finalOf(id, entry, status, version);
    // Before it counts as confirmed: in between it would be what this process has of a store that may be behind.
    if (!tier.shared) await this.copyToShared(id, final);
    if (final === entry) await tier.confirm(id, entry);
    else await tier.put(id, final, false);
    return true;
  }

  /** What Redis holds after it was offered this. */
  private async finalOf(id: string, entry: SessionEntry, status: string, version: string): Promise<SessionEntry> {
    const { standing, redis } = this.sources;
    if (status === 'applied') return entry;
    if (status === 'gone') return { ...entry, version, data: undefined };
    return (await standing.attempt('read', () => redis.get(id))) ?? entry;
  }

  private async copyToShared(id: string, entry: SessionEntry): Promise<void> {
    const { fallback, pending, trust } = this.sources;
    if (!(await fallback.copy(id, entry, trust.isAgreed && !trust.isMet))) await pending.add(id, entry);
  }

  private async copyFromRedis({ id, version, expiresAt }: PendingNote): Promise<boolean> {
    const { standing, redis, fallback, trust, userOf } = this.sources;
    const { mark } = trust;
    const stored = await standing.attempt('read', () => redis.get(id));
    const ended: SessionEntry = {
      version,
      expiryVersion: version,
      expiresAt: Math.min(expiresAt, Date.now()),
      data: ENDED_DATA,
    };
    const entry = stored ?? ended;
    return fallback.copy(id, { ...entry, userId: userOf(entry.data) }, mark === undefined || mark !== trust.mark);
  }
}
