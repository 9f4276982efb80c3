import { untilDone } from './attempts.js';
import { FORWARD_MS, forwardIdOf, newSessionId, parsePointer, pointerText } from './forward-id.js';
import type { Pointer } from './forward-id.js';
import type { SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { SessionReader, SessionSources } from './session.reader.js';
import type { SessionReplacer } from './session.replacer.js';
import type { SessionToucher } from './session.toucher.js';
import type { SessionWriter } from './session.writer.js';

/** A chain of rotations longer than this within the life of a pointer is none that an application makes. */
const MOST_HOPS = 100;

/** A live session, and the id that it has now. @internal */
export interface FoundSession {
  readonly id: string;
  readonly entry: SessionEntry;
}

/** @internal */
export interface RotationTimes {
  /** How long the old id is remembered as ended, at least. */
  readonly ttlMs: number;
  /** How long it leads to the new one; 0 for not at all. */
  readonly forwardMs: number;
}

/**
 * Gives a session another id. The old one is a tombstone from then on, which no late save revives; beside it a pointer
 * leads requests that were under way with the old id to the session, for a short time.
 *
 * What decides is that tombstone, in place of the very version that was copied: whatever came between makes it fail. The
 * pointer and the copy are there before, and worth nothing without it: the pointer names the tombstone's version.
 *
 * @internal
 */
export class SessionRotation {
  constructor(
    private readonly sources: SessionSources,
    private readonly reader: SessionReader,
    private readonly writer: SessionWriter,
    private readonly replacer: SessionReplacer,
    private readonly toucher: SessionToucher,
  ) {}

  /** The new id; undefined where there is no such session. */
  rotate(id: string, times: RotationTimes): Promise<string | undefined> {
    return untilDone('session.rotate', id, async () => {
      const found = await this.find(id);
      if (found === undefined) return { result: undefined };
      // Another rotation was faster: its id is as new, and nobody is left with one that leads here for a short time only.
      if (found.id !== id && times.forwardMs > 0) return { result: found.id };
      const newId = await this.move(found, times);
      return newId === undefined ? undefined : { result: newId };
    });
  }

  /** The live entry under an id, or where a pointer leads from it; with the id that it has now. */
  async find(id: string): Promise<FoundSession | undefined> {
    let at = id;
    for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
      const entry = await this.reader.find(at);
      if (entry === undefined) return undefined;
      if (!isTombstone(entry)) return { id: at, entry };
      const pointer = await this.pointer(at);
      // The tombstone of a logout is not the one that the pointer is of.
      if (!pointer?.leads || pointer.endVersion !== entry.version) return undefined;
      at = pointer.nextId;
    }
    return undefined;
  }

  /** Lengthens the life of the session that an id leads to; false where there is none. */
  async touch(id: string, ttlMs: number): Promise<boolean> {
    for (let at = id; ;) {
      if (await this.toucher.touch(at, ttlMs)) return true;
      const found = await this.find(at);
      if (found === undefined || found.id === at) return false;
      at = found.id;
    }
  }

  /**
   * Whatever a rotation left under this id, finished or not: asked by who has ended the id, and means the session. Asked
   * after that, it cannot be missing where the rotation was finished.
   */
  async next(id: string): Promise<string | undefined> {
    return (await this.pointer(id))?.nextId;
  }

  private async move({ id, entry }: FoundSession, { ttlMs, forwardMs }: RotationTimes): Promise<string | undefined> {
    const claimed = await this.claim(id, entry);
    if (claimed === undefined) return undefined;
    const newId = newSessionId();
    const endVersion = this.sources.clock.next();
    const leftMs = Math.max(1, entry.expiresAt - Date.now());
    const pointer = { nextId: newId, endVersion, leads: forwardMs > 0 };
    const [isSet] = await Promise.all([
      this.writer.set(newId, { data: entry.data, userId: claimed.userId, ttlMs: leftMs }),
      // With the version of the claim: one that comes late does not replace that of a later claim.
      this.writer.plant(forwardIdOf(id), pointerEntry(claimed.version, pointer, forwardMs || FORWARD_MS)),
    ]);
    if (!isSet) return undefined;
    const { outcome, leftMs: touchedMs } = await this.replacer.end(id, claimed, endVersion, Math.max(ttlMs, leftMs));
    if (outcome !== 'done') return this.undo(newId, ttlMs);
    // The rotation is done whatever becomes of this, and the caller has to learn the id.
    if (touchedMs !== undefined) await Promise.allSettled([this.toucher.touch(newId, Math.max(1, touchedMs))]);
    return newId;
  }

  /** A version of its own for this attempt, so that of several rotations only the last to claim can decide. */
  private async claim(id: string, entry: SessionEntry): Promise<SessionEntry | undefined> {
    const { clock, userOf } = this.sources;
    clock.observe(entry.version);
    const userId = userOf(entry.data);
    const user = userId === undefined ? {} : { userId };
    const { data, expiresAt, expiryVersion } = entry;
    const claimed = { version: clock.next(), expiryVersion, expiresAt, data, ...user };
    return (await this.replacer.put(id, entry.version, claimed)) === 'done' ? claimed : undefined;
  }

  /** The copy that the session did not move to. One that stays has an id that nobody was told. */
  private async undo(newId: string, ttlMs: number): Promise<undefined> {
    await Promise.allSettled([this.writer.destroy(newId, ttlMs)]);
    return undefined;
  }

  /** Undefined where there is none, or none can be told. */
  private async pointer(id: string): Promise<Pointer | undefined> {
    const entry = await this.reader.read(forwardIdOf(id)).catch(() => undefined);
    return parsePointer(entry?.data);
  }
}

function pointerEntry(version: string, pointer: Pointer, ttlMs: number): SessionEntry {
  return { version, expiryVersion: version, expiresAt: Date.now() + ttlMs, data: pointerText(pointer) };
}
