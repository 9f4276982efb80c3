import type { ChatKey, ChatMessage } from '../chat/chat.interface.js';
import { ChatDatabase } from './chat.database.js';
import type { ChatSummary, SavedMessage, StoredMessage, StoredSummary } from './chat.database.js';
import { assertSame } from './chat-database.error.js';
import { countTokens } from './count-tokens.js';

interface Chat {
  readonly messages: Map<string, StoredMessage>;
  summary?: StoredSummary;
}

/** Stands for the database where there is none, and ends with the process. */
export class MemoryChatDatabase extends ChatDatabase {
  readonly kind = 'memory';
  private readonly users = new Map<string, Map<string, Chat>>();

  override async save(key: ChatKey, message: ChatMessage): Promise<SavedMessage> {
    const { messages } = this.open(key);
    const stored = messages.get(message.id)?.message;
    if (stored !== undefined) {
      assertSame(stored, message);
      return { message: stored, isNew: false };
    }
    messages.set(message.id, { position: messages.size + 1, tokens: countTokens(message), message });
    return { message, isNew: true };
  }

  override find(key: ChatKey, id: string): Promise<ChatMessage | undefined> {
    return Promise.resolve(this.chat(key)?.messages.get(id)?.message);
  }

  override recent(key: ChatKey, limit: number, after = 0): Promise<StoredMessage[]> {
    const rows = [...(this.chat(key)?.messages.values() ?? [])];
    return Promise.resolve(rows.filter(({ position }) => position > after).slice(-limit));
  }

  override count(key: ChatKey): Promise<number> {
    return Promise.resolve(this.chat(key)?.messages.size ?? 0);
  }

  override summary(key: ChatKey): Promise<StoredSummary | undefined> {
    return Promise.resolve(this.chat(key)?.summary);
  }

  override saveSummary(key: ChatKey, summary: StoredSummary): Promise<void> {
    const chat = this.open(key);
    if ((chat.summary?.until ?? 0) < summary.until) chat.summary = summary;
    return Promise.resolve();
  }

  override chats(user: string): Promise<ChatSummary[]> {
    const rows = [...(this.users.get(user) ?? [])].map(([id, { messages }]) => {
      return { id, messages: messages.size, lastAt: [...messages.values()].at(-1)?.message.createdAt };
    });
    return Promise.resolve(rows.toSorted((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? '')));
  }

  private chat({ user, chatId }: ChatKey): Chat | undefined {
    return this.users.get(user)?.get(chatId);
  }

  private open(key: ChatKey): Chat {
    const chats = this.users.get(key.user) ?? new Map<string, Chat>();
    const chat = chats.get(key.chatId) ?? { messages: new Map<string, StoredMessage>() };
    this.users.set(key.user, chats.set(key.chatId, chat));
    return chat;
  }
}
