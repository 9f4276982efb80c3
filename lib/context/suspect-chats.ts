import { isOutage } from '../errors/is-outage.js';
import { isRedisError } from '../errors/redis.error.js';
import type { ChatKeys } from './chat-keys.js';
import type { ChatStore } from './chat.store.js';

/** Chats remembered at most; past it the oldest is given up, and its list may miss a message until it expires. */
const MAX_SUSPECTS = 10_000;

/**
 * Chats whose list in Redis may miss a message: an append failed, and the loader's source has the message. Each is
 * forgotten in Redis, and so loaded afresh, as soon as Redis takes that, and before this process uses it again.
 *
 * @internal
 */
export class SuspectChats {
  private readonly suspects = new Map<string, ChatKeys>();
  private settling = false;

  constructor(private readonly store: ChatStore) {}

  add(keys: ChatKeys): void {
    this.suspects.delete(keys.meta);
    this.suspects.set(keys.meta, keys);
    if (this.suspects.size <= MAX_SUSPECTS) return;
    const [oldest] = this.suspects.keys();
    if (oldest !== undefined) this.suspects.delete(oldest);
  }

  /** Forgets the chat in Redis where it is suspect; rejects, and keeps it suspect, where that fails. */
  async settle(keys: ChatKeys): Promise<void> {
    const suspect = this.suspects.get(keys.meta);
    if (suspect === undefined) return;
    await this.store.clear(keys);
    // An append that failed meanwhile has put another in its place: that one is still to be settled.
    if (this.suspects.get(keys.meta) === suspect) this.suspects.delete(keys.meta);
  }

  /** Settles all, one after the other, until Redis is out again: its return starts over. Never rejects. */
  async settleAll(): Promise<void> {
    if (this.settling) return;
    this.settling = true;
    for (const keys of this.suspects.values()) {
      if (!(await this.wasAnswered(keys))) break;
    }
    this.settling = false;
  }

  /** A key of another type keeps its chat suspect, whose next use tells its caller why, and holds up no other chat. */
  private async wasAnswered(keys: ChatKeys): Promise<boolean> {
    try {
      await this.settle(keys);
      return true;
    } catch (error) {
      return isRedisError(error) && !isOutage(error);
    }
  }
}
