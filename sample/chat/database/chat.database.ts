import type { ContextMessage } from 'nestjs-redis-hub/context';
import type { ChatKey, ChatMessage, SummaryMessage } from '../chat/chat.interface.js';

/** A message as the table has it. */
export interface StoredMessage {
  /** Its number in its chat; each has a higher one than those that were there before it. */
  readonly position: number;
  readonly tokens: number;
  readonly message: ChatMessage;
}

/** What stands in the context for the messages from one position to another, which stay in the table. */
export interface StoredSummary {
  readonly from: number;
  readonly until: number;
  readonly tokens: number;
  readonly message: SummaryMessage;
}

export interface SavedMessage {
  readonly message: ChatMessage;
  /** Whether it was not there before. */
  readonly isNew: boolean;
}

/** A chat in the list of its user's chats. */
export interface ChatSummary {
  readonly id: string;
  /** Messages stored, questions and answers. */
  readonly messages: number;
  readonly lastAt: string | undefined;
}

/**
 * Where the chats are really kept: every message is written here before the context gets it, and the context is loaded
 * from here when Redis does not have a chat.
 */
export abstract class ChatDatabase {
  abstract readonly kind: 'postgres' | 'memory';

  /**
   * Stores a message once, whatever the number of calls; the stored one is given back.
   *
   * @throws ConflictException where its id is that of another message
   */
  abstract save(key: ChatKey, message: ChatMessage): Promise<SavedMessage>;

  abstract find(key: ChatKey, id: string): Promise<ChatMessage | undefined>;

  /** The newest messages behind a position, oldest first. */
  abstract recent(key: ChatKey, limit: number, after?: number): Promise<StoredMessage[]>;

  abstract count(key: ChatKey): Promise<number>;

  abstract summary(key: ChatKey): Promise<StoredSummary | undefined>;

  /** In place of the one before, unless that reaches as far. */
  abstract saveSummary(key: ChatKey, summary: StoredSummary): Promise<void>;

  /** The user's chats, the one last written to first. */
  abstract chats(user: string): Promise<ChatSummary[]>;

  /**
   * What the context is loaded with: the summary, and what came after it. The summary is read first, so that a newer one
   * that is saved meanwhile leaves no gap.
   */
  async load(key: ChatKey, limit: number): Promise<ContextMessage[]> {
    const summary = await this.summary(key);
    const rows = await this.recent(key, limit, summary?.until);
    const messages = rows.map(({ message }) => message);
    return summary === undefined ? messages : [summary.message, ...messages];
  }
}
