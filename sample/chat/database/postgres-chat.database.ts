import type { OnApplicationShutdown } from '@nestjs/common';
import type { ChatKey, ChatMessage } from '../chat/chat.interface.js';
import { ChatDatabase } from './chat.database.js';
import type { ChatSummary, SavedMessage, StoredMessage, StoredSummary } from './chat.database.js';
import { assertSame, ChatDatabaseError } from './chat-database.error.js';
import {
  COUNT_MESSAGES,
  FIND_MESSAGE,
  FIND_SUMMARY,
  INSERT_MESSAGE,
  LIST_CHATS,
  RECENT_MESSAGES,
  SAVE_SUMMARY,
} from './chat-tables.js';
import { countTokens } from './count-tokens.js';
import { PostgresTables } from './postgres-tables.js';

/** The chats in two tables of Postgres, which are made where they are missing. */
export class PostgresChatDatabase extends ChatDatabase implements OnApplicationShutdown {
  readonly kind = 'postgres';
  private readonly tables: PostgresTables;

  constructor(connectionString: string) {
    super();
    this.tables = new PostgresTables(connectionString);
  }

  override async save(key: ChatKey, message: ChatMessage): Promise<SavedMessage> {
    const values = [message.id, countTokens(message), JSON.stringify(message), message.createdAt];
    const inserted = await this.ask<{ position: number }>(INSERT_MESSAGE, key, ...values);
    if (inserted.length > 0) return { message, isNew: true };
    const stored = await this.find(key, message.id);
    if (stored === undefined) throw new ChatDatabaseError(); // deleted by another hand meanwhile
    assertSame(stored, message);
    return { message: stored, isNew: false };
  }

  override async find(key: ChatKey, id: string): Promise<ChatMessage | undefined> {
    const [row] = await this.ask<{ message: ChatMessage }>(FIND_MESSAGE, key, id);
    return row?.message;
  }

  override async recent(key: ChatKey, limit: number, after = 0): Promise<StoredMessage[]> {
    return (await this.ask<StoredMessage>(RECENT_MESSAGES, key, limit, after)).toReversed();
  }

  override async count(key: ChatKey): Promise<number> {
    const [row] = await this.ask<{ messages: number }>(COUNT_MESSAGES, key);
    return row?.messages ?? 0;
  }

  override async summary(key: ChatKey): Promise<StoredSummary | undefined> {
    const [row] = await this.ask<{ summary: StoredSummary }>(FIND_SUMMARY, key);
    return row?.summary;
  }

  override async saveSummary(key: ChatKey, summary: StoredSummary): Promise<void> {
    await this.ask(SAVE_SUMMARY, key, JSON.stringify(summary), summary.until);
  }

  override async chats(user: string): Promise<ChatSummary[]> {
    const rows = await this.tables.query<Omit<ChatSummary, 'lastAt'> & { readonly lastAt: Date }>(LIST_CHATS, [user]);
    return rows.map((row) => ({ ...row, lastAt: row.lastAt.toISOString() }));
  }

  onApplicationShutdown(): Promise<void> {
    return this.tables.close();
  }

  private ask<T extends object>(text: string, { user, chatId }: ChatKey, ...values: unknown[]): Promise<T[]> {
    return this.tables.query<T>(text, [user, chatId, ...values]);
  }
}
