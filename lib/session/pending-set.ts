import type { RedisCommands } from '../interfaces/redis-commands.interface.js';
import { decodeId, encodeId } from '../utils/encode-id.js';
import type { HeldSession, SessionEntry } from './interfaces/session-entry.interface.js';
import { isTombstone } from './join-entries.js';
import { PENDING_ADD_SCRIPT, PENDING_DONE_SCRIPT, PENDING_LIST_SCRIPT } from './pending.scripts.js';
import type { TaggedScripts } from './tagged-scripts.js';
import { expiryText } from './stored-session.codec.js';

/** A session that a shared tier has to be told of, and what of it. @internal */
export interface PendingNote {
  readonly id: string;
  readonly version: string;
  readonly expiresAt: number;
  /** As it is stored. */
  readonly field: string;
  readonly value: string;
}

/** No encoded id has a percent sign before these letters. */
const KEY = '%pending';
const LOCK = '%pending-replay';
const LOCK_MS = 3_000;
const VERSION_LENGTH = 24;
const MOST_KNOWN = 100_000;

/**
 * In Redis: the sessions that a shared tier missed, so that any node can tell it when it is back. Beside that, what this
 * node itself put there: of those the shared tier alone may not be believed.
 *
 * @internal
 */
export class PendingSet {
  private readonly known = new Map<string, string>();
  private readonly key: string;
  private readonly lock: string;

  constructor(
    private readonly commands: RedisCommands,
    private readonly scripts: TaggedScripts,
    keyPrefix: string,
  ) {
    this.key = keyPrefix + KEY;
    this.lock = keyPrefix + LOCK;
  }

  get knownCount(): number {
    return this.known.size;
  }

  /** Whether a shared tier that answers with this has missed a change that this node acknowledged. */
  isBehind(id: string, held: SessionEntry | undefined): boolean {
    const version = this.known.get(id);
    return version !== undefined && (held === undefined || held.version < version);
  }

  /**
   * Whether it is sure while Redis is in doubt and no shared tier answers: an end is final, and what this node wrote last
   * and no store confirmed is the newest that it can know. A copy that was confirmed before may be old by now.
   */
  isSure(id: string, { entry, dirty }: HeldSession): boolean {
    if (dirty || isTombstone(entry)) return true;
    const version = this.known.get(id);
    return version !== undefined && version <= entry.version;
  }

  async add(id: string, { version, expiresAt }: Pick<SessionEntry, 'version' | 'expiresAt'>): Promise<void> {
    await this.scripts.run(PENDING_ADD_SCRIPT, this.key, [encodeId(id), version + expiryText(expiresAt)]);
    if (this.known.size < MOST_KNOWN) this.known.set(id, version);
  }

  /** Whether anything waits, and whether it is this node that sees to it now. */
  async claim(): Promise<'nothing' | 'elsewhere' | 'here'> {
    const known = [...this.known];
    if ((await this.commands.exists(this.key)) > 0) {
      const isOurs = await this.commands.set(this.lock, '1', { ttlMs: LOCK_MS, condition: 'nx' });
      return isOurs ? 'here' : 'elsewhere';
    }
    // Not what was noted while the answer was on its way.
    for (const [id, version] of known) if (this.known.get(id) === version) this.known.delete(id);
    return 'nothing';
  }

  /** What waits, page by page, for the node that claimed it. */
  async *pages(size: number): AsyncGenerator<readonly PendingNote[]> {
    let cursor = '0';
    do {
      await this.commands.pexpire(this.lock, LOCK_MS);
      const reply = await this.scripts.run(PENDING_LIST_SCRIPT, this.key, [cursor, size]);
      cursor = String(reply[0]);
      const notes = notesOf(reply[1]);
      if (notes.length > 0) yield notes;
    } while (cursor !== '0');
    await this.commands.del(this.lock);
  }

  /** The shared tier has these, provided that nothing newer was noted meanwhile. */
  async done(notes: readonly PendingNote[]): Promise<void> {
    if (notes.length === 0) return;
    await this.scripts.run(
      PENDING_DONE_SCRIPT,
      this.key,
      notes.flatMap(({ field, value }) => [field, value]),
    );
    for (const { id, version } of notes) if ((this.known.get(id) ?? '') <= version) this.known.delete(id);
  }
}

function notesOf(flat: unknown): PendingNote[] {
  const texts = Array.isArray(flat) ? flat.map(String) : [];
  return texts.flatMap((field, at) => {
    const value = texts[at + 1] ?? '';
    const id = at % 2 === 0 ? decodeId(field) : undefined;
    if (id === undefined) return [];
    const expiresAt = Number(value.slice(VERSION_LENGTH));
    return [{ id, version: value.slice(0, VERSION_LENGTH), expiresAt, field, value }];
  });
}
