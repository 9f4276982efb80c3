import type { RedisError } from '../../errors/redis.error.js';
import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from './session-entry.interface.js';
import type { SessionLedger } from './session-ledger.interface.js';

/**
 * A place beside Redis that can hold sessions. Implement it to bring your own; `memoryTier` is one. `sessionTierContract` of
 * `nestjs-redis-hub/testing` shows whether it does what it has to.
 *
 * Every write is a join, see `joinEntries`: the newer data wins, a tombstone wins over everything, expiry is never
 * shortened by a touch. So writes may arrive late, twice, or out of order, and the tier ends in the same state.
 *
 * A tier keeps a *dirty* mark on each entry that Redis has not confirmed. A dirty entry must not be forgotten, not even
 * after its expiry while an older, longer-lived version of it may still be in Redis; a tier that has no room for one more
 * rejects the write. Methods reject with a `RedisError` when the tier cannot answer.
 *
 * @publicApi
 */
export interface SessionTier {
  /** Short and unique among the tiers of a module, such as `memory`: shown by health and metrics. */
  readonly name: string;
  /**
   * Whether every node of the application sees the same sessions in it. Only such a tier is trusted to say "not found"
   * while Redis is out.
   */
  readonly shared: boolean;
  /** Whether it is worth asking now. */
  readonly isAvailable: boolean;
  /** Why it does not answer, or refuses what it is asked: for health and `degraded`. Undefined while it is well. */
  readonly lastError?: RedisError | undefined;
  /** How many dirty entries it holds, as far as it knows without asking. */
  readonly dirtyCount: number;
  /**
   * Only of a shared tier. With one, `put` and `touch` of a dirty entry settle when every node knows that Redis alone may
   * not be believed, and the marks are set anew by {@link SessionLedger.meet} instead of {@link markAllDirty}.
   */
  readonly ledger?: SessionLedger;
  /**
   * Called before the first request. May be called again after {@link close}, by the next application that is made of the
   * same options; rejects while another one has it open.
   */
  open?(): Promise<void>;
  /** Called once after the last request; ends what {@link open} began, and forgets what was in this process. */
  close?(): Promise<void>;
  /** The entry, tombstones included. Undefined where there is none, or a clean one whose time is over. */
  get(id: string): Promise<HeldSession | undefined>;
  /**
   * Joins an entry with what it holds, and gives the result. `dirty` says that Redis has not confirmed this entry; false
   * clears the mark where nothing but this entry was held.
   */
  put(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession>;
  /**
   * As {@link put}, provided that the live entry of that version is held, or none; undefined where another is. Without it
   * `update` and `rotate` cannot surely tell, while Redis is out, that a session was changed by two at once.
   */
  putIf?(id: string, entry: SessionEntry, expectedVersion: string, dirty: boolean): Promise<HeldSession | undefined>;
  /** The ids of live sessions, page by page. Without it they are not listed while Redis is out. */
  ids?(pageSize: number): AsyncIterable<readonly string[]>;
  /** The ids of live sessions whose `userId` it is. */
  idsOfUser?(userId: string): Promise<readonly string[]>;
  /** Moves the expiry of a live session, never to an earlier time, and gives the result; never creates one. */
  touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined>;
  /** Drops a clean entry, provided that it is still this one. */
  forget(id: string, entry: SessionEntry): Promise<void>;
  /** The dirty entries, in batches of at most `batchSize`. Writes may happen meanwhile. */
  drain(batchSize: number): AsyncIterable<readonly DirtySession[]>;
  /** Redis confirmed this entry: clears the mark, provided that nothing newer is held. */
  confirm(id: string, entry: SessionEntry): Promise<void>;
  /** Redis may have lost what it had confirmed: marks every entry dirty. */
  markAllDirty(): Promise<void>;
}
