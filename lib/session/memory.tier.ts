import { RedisError } from '../errors/redis.error.js';
import { covers, isSame, isTombstone, joinEntries } from './join-entries.js';
import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './interfaces/session-entry.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import { tierInUseError } from './session.error.js';

/**
 * Counters of a memory tier.
 *
 * @publicApi
 */
export interface MemoryTierStats {
  /** Sessions held, tombstones included. */
  readonly sessions: number;
  /** Of these, how many Redis has not confirmed. */
  readonly dirty: number;
  /** Sessions that were dropped before their time to make room, since the start. */
  readonly evicted: number;
}

/** An entry, and when the last promise made for its session ends, in whatever tier. */
interface MemoryRecord {
  readonly entry: SessionEntry;
  readonly horizon: number;
}

/** Sessions of this process: bounded, least recently used out first, never a dirty one. @internal */
export class MemoryTier implements SessionTier {
  readonly name = 'memory';
  readonly shared = false;
  readonly isAvailable = true;
  private readonly clean = new Map<string, MemoryRecord>();
  private readonly dirty = new Map<string, MemoryRecord>();
  private evicted = 0;
  private isOpen = false;

  constructor(
    private readonly maxSessions: number,
    private readonly now: () => number = Date.now,
  ) {}

  get dirtyCount(): number {
    return this.dirty.size;
  }

  get stats(): MemoryTierStats {
    return { sessions: this.clean.size + this.dirty.size, dirty: this.dirty.size, evicted: this.evicted };
  }

  async get(id: string): Promise<HeldSession | undefined> {
    const record = this.find(id);
    if (record === undefined) return undefined;
    // Last in a Map is what was put last: the most recently used.
    if (this.clean.delete(id)) this.clean.set(id, record);
    return { entry: record.entry, dirty: this.dirty.has(id) };
  }

  async put(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession> {
    const held = this.find(id);
    const joined = held === undefined ? entry : joinEntries(held.entry, entry);
    const record = { entry: joined, horizon: Math.max(joined.expiresAt, held?.horizon ?? 0, entry.expiresAt) };
    const changed = held === undefined || !isSame(held.entry, joined);
    const stays = covers(entry, joined) ? dirty : this.dirty.has(id) || (dirty && changed);
    this.keep(id, record, stays);
    return { entry: joined, dirty: stays };
  }

  async putIf(id: string, entry: SessionEntry, expectedVersion: string, dirty: boolean) {
    const held = this.find(id);
    if (held !== undefined && (isTombstone(held.entry) || held.entry.version !== expectedVersion)) return undefined;
    return this.put(id, entry, dirty);
  }

  async *ids(pageSize: number): AsyncGenerator<readonly string[]> {
    const ids = this.liveIds(() => true);
    for (let start = 0; start < ids.length; start += pageSize) yield ids.slice(start, start + pageSize);
  }

  async idsOfUser(userId: string): Promise<readonly string[]> {
    return this.liveIds((entry) => entry.userId === userId);
  }

  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    const held = this.find(id);
    if (held === undefined || isTombstone(held.entry) || held.entry.expiresAt <= this.now()) return undefined;
    const entry = joinEntries(held.entry, {
      ...held.entry,
      expiryVersion: touch.version,
      expiresAt: touch.expiresAt,
    });
    const stays = dirty || this.dirty.has(id);
    this.keep(id, { entry, horizon: Math.max(held.horizon, entry.expiresAt) }, stays);
    return { entry, dirty: stays };
  }

  async forget(id: string, entry: SessionEntry): Promise<void> {
    if (this.clean.get(id)?.entry === entry) this.clean.delete(id);
  }

  async *drain(batchSize: number): AsyncGenerator<readonly DirtySession[]> {
    const ids = [...this.dirtyIds(true), ...this.dirtyIds(false)];
    for (let start = 0; start < ids.length; start += batchSize) {
      yield ids.slice(start, start + batchSize).flatMap((id) => {
        const record = this.find(id);
        return record !== undefined && this.dirty.has(id) ? [{ id, entry: record.entry }] : [];
      });
    }
  }

  async confirm(id: string, entry: SessionEntry): Promise<void> {
    const record = this.dirty.get(id);
    if (record !== undefined && covers(entry, record.entry)) this.keep(id, record, false);
  }

  async markAllDirty(): Promise<void> {
    for (const [id, record] of this.clean) this.dirty.set(id, record);
    this.clean.clear();
  }

  async open(): Promise<void> {
    if (this.isOpen) throw tierInUseError('memoryTier');
    this.isOpen = true;
  }

  /** What one application left is not the next one's. */
  async close(): Promise<void> {
    this.isOpen = false;
    this.evicted = 0;
    this.clean.clear();
    this.dirty.clear();
  }

  /**
   * A clean record ends with its entry. A dirty one stays as long as an older version may be alive in Redis: without it,
   * that version would come back when Redis does.
   */
  private find(id: string): MemoryRecord | undefined {
    const clean = this.clean.get(id);
    const record = clean ?? this.dirty.get(id);
    if (record === undefined) return undefined;
    if ((clean ? record.entry.expiresAt : record.horizon) > this.now()) return record;
    this.remove(id);
    return undefined;
  }

  private keep(id: string, record: MemoryRecord, dirty: boolean): void {
    this.makeRoomFor(id, dirty);
    this.remove(id);
    const hasRoom = this.clean.size + this.dirty.size < this.maxSessions;
    if (dirty) this.dirty.set(id, record);
    else if (hasRoom && record.entry.expiresAt > this.now()) this.clean.set(id, record);
  }

  /** Nothing was changed yet when this throws, so that a refused change leaves the one before it. */
  private makeRoomFor(id: string, dirty: boolean): void {
    if (this.clean.has(id) || this.dirty.has(id)) return;
    if (this.clean.size + this.dirty.size < this.maxSessions) return;
    if (this.evictOldest() || !dirty) return;
    this.purgeEnded();
    if (this.dirty.size < this.maxSessions) return;
    throw new RedisError({
      kind: 'unavailable',
      operation: 'session.set',
      message: `The memory tier is full: ${this.maxSessions} session changes wait for Redis. Restore Redis, or raise maxSessions.`,
    });
  }

  private evictOldest(): boolean {
    for (const [id, record] of this.clean) {
      this.clean.delete(id);
      if (record.entry.expiresAt > this.now()) this.evicted += 1;
      return true;
    }
    return false;
  }

  private purgeEnded(): void {
    const now = this.now();
    for (const [id, record] of this.dirty) if (record.horizon <= now) this.dirty.delete(id);
  }

  private remove(id: string): void {
    this.clean.delete(id);
    this.dirty.delete(id);
  }

  private liveIds(isWanted: (entry: SessionEntry) => boolean): string[] {
    const now = this.now();
    const isLive = ({ entry }: MemoryRecord): boolean =>
      !isTombstone(entry) && entry.expiresAt > now && isWanted(entry);
    return [...this.dirty, ...this.clean].filter(([, record]) => isLive(record)).map(([id]) => id);
  }

  private dirtyIds(tombstones: boolean): string[] {
    return [...this.dirty].filter(([, record]) => isTombstone(record.entry) === tombstones).map(([id]) => id);
  }
}
