import { ConflictException, Injectable } from '@nestjs/common';
import type { AnswerWindow, ChatKey, ChatMessage } from './chat.interface.js';

interface ChatRow {
  readonly messages: Map<string, ChatMessage>;
  window?: AnswerWindow;
}

/** A chat in the list of its user's chats. */
export interface ChatSummary {
  readonly id: string;
  /** Messages stored, questions and answers. */
  readonly messages: number;
  readonly lastAt: string | undefined;
}

/**
 * Stands for the database in which the chats are really kept, and ends with the process. The context cache is loaded
 * from it when Redis does not have a chat.
 */
@Injectable()
export class ChatDatabase {
  private readonly users = new Map<string, Map<string, ChatRow>>();

  /** Stores a message once, whatever the number of calls; the stored one is given back. */
  save(key: ChatKey, message: ChatMessage): ChatMessage {
    const { messages } = this.open(key);
    const stored = messages.get(message.id) ?? message;
    if (stored.content !== message.content || stored.role !== message.role) {
      throw new ConflictException('A message with this id and another text is stored already');
    }
    messages.set(message.id, stored);
    return stored;
  }

  find(key: ChatKey, id: string): ChatMessage | undefined {
    return this.row(key)?.messages.get(id);
  }

  /** The newest messages, oldest first. */
  recent(key: ChatKey, limit: number): ChatMessage[] {
    return [...(this.row(key)?.messages.values() ?? [])].slice(-limit);
  }

  /** What the worker saw at its last answer. */
  window(key: ChatKey): AnswerWindow | undefined {
    return this.row(key)?.window;
  }

  saveWindow(key: ChatKey, window: AnswerWindow): void {
    this.open(key).window = window;
  }

  /** The user's chats, the one last written to first. */
  chats(user: string): ChatSummary[] {
    const rows = [...(this.users.get(user) ?? [])].map(([id, { messages }]) => {
      return { id, messages: messages.size, lastAt: [...messages.values()].at(-1)?.createdAt };
    });
    return rows.toSorted((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
  }

  private row({ user, chatId }: ChatKey): ChatRow | undefined {
    return this.users.get(user)?.get(chatId);
  }

  private open(key: ChatKey): ChatRow {
    const chats = this.users.get(key.user) ?? new Map<string, ChatRow>();
    const row = chats.get(key.chatId) ?? { messages: new Map<string, ChatMessage>() };
    this.users.set(key.user, chats.set(key.chatId, row));
    return row;
  }
}
