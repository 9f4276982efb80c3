import { unlistedError } from './session.error.js';
import type { SessionParts } from './session.parts.js';

const CLEARED_AT_ONCE = 64;
/** Of lists of a user's sessions: each after the first finds only what was made meanwhile. */
const MOST_LISTS = 10;

/** Ends sessions, also those that have another id by now. @internal */
export class SessionDestroyer {
  constructor(
    private readonly parts: Pick<SessionParts, 'writer' | 'rotation' | 'directory'>,
    private readonly ttlMs: number,
  ) {}

  /** Whoever logs out with the id from before a rotation means the session. */
  async destroy(id: string): Promise<void> {
    const { writer, rotation } = this.parts;
    const ended = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !ended.has(at); at = await rotation.next(at)) {
      // Before its pointer is looked for: a rotation that is under way ends in nothing from now on.
      await writer.destroy(at, this.ttlMs);
      ended.add(at);
    }
  }

  async destroyByUser(userId: string): Promise<number> {
    const seen = new Set<string>();
    const ended = new Set<string>();
    let areAllKnown = true;
    for (let lists = 0, wasNew = true; wasNew && lists < MOST_LISTS; lists += 1) {
      const { ids, found, isComplete } = await this.parts.directory.ofUser(userId, seen);
      await Promise.all(found.map(({ id }) => this.destroy(id)));
      for (const { id } of found) ended.add(id);
      areAllKnown = isComplete && areAllKnown;
      // One that was rotated between the list and the reading is listed under its new id now.
      wasNew = ids.length > 0;
      for (const id of ids) seen.add(id);
    }
    if (!areAllKnown) throw unlistedError('session.destroyByUser');
    return ended.size;
  }

  async clear(): Promise<void> {
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      await Promise.all(batch.map((id) => this.destroy(id)));
      batch = [];
    };
    for await (const { id } of this.parts.directory.all()) if (batch.push(id) >= CLEARED_AT_ONCE) await flush();
    await flush();
  }
}
