import { parseJson } from '../utils/json.codec.js';
import { FORWARD_MS, forwardIdOf, newSessionId } from './forward-id.js';
import type { SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import type { SessionReader, SessionSources } from './session.reader.js';
import type { SessionWriter } from './session.writer.js';

/** A chain of rotations longer than this within the life of a pointer is none that an application makes. */
const MOST_HOPS = 5;

/**
 * Gives a session another id. The old one is a tombstone from then on, which no late save revives; beside it a pointer
 * leads requests that were under way with the old id to the session, for a short time.
 *
 * @internal
 */
export class SessionRotation {
  constructor(
    private readonly sources: SessionSources,
    private readonly reader: SessionReader,
    private readonly writer: SessionWriter,
  ) {}

  /** The new id; undefined where there is no such session. The new one is there before the old one ends. */
  async rotate(id: string, ttlMs: number): Promise<string | undefined> {
    const entry = await this.reader.read(id);
    if (entry?.data === undefined) return undefined;
    const newId = newSessionId();
    const leftMs = Math.max(1, entry.expiresAt - Date.now());
    const userId = this.sources.userOf(entry.data);
    await this.writer.set(newId, { data: entry.data, userId, ttlMs: leftMs });
    await this.writer.set(forwardIdOf(id), {
      data: JSON.stringify({ id: newId }),
      ttlMs: Math.min(FORWARD_MS, leftMs),
    });
    await this.writer.destroy(id, Math.max(ttlMs, leftMs));
    return newId;
  }

  /** The live entry under an id, or where a pointer leads from it; with the id that it has now. */
  async find(id: string): Promise<{ id: string; entry: SessionEntry } | undefined> {
    let at = id;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const entry = await this.reader.find(at);
      if (entry === undefined) return undefined;
      if (!isTombstone(entry)) return { id: at, entry };
      const next = await this.next(at);
      if (next === undefined) return undefined;
      at = next;
    }
    return undefined;
  }

  /** Where a pointer leads from this id; undefined where there is none, or none can be told. */
  async next(id: string): Promise<string | undefined> {
    const entry = await this.reader.read(forwardIdOf(id)).catch(() => undefined);
    const pointer = entry?.data === undefined ? undefined : parseJson(entry.data);
    const next = typeof pointer === 'object' && pointer !== null && 'id' in pointer ? pointer.id : undefined;
    return typeof next === 'string' ? next : undefined;
  }
}
