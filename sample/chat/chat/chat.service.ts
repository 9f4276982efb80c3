import { Injectable } from '@nestjs/common';
import type { ContextRead } from 'nestjs-redis-hub/context';
import { ChatDatabase } from '../database/chat.database.js';
import type { ChatSummary } from '../database/chat.database.js';
import { ChatDatabaseError } from '../database/chat-database.error.js';
import { AnswerWindows } from './answer-windows.js';
import { AnswersQueue } from './answers.queue.js';
import { CHAT_LIMITS } from './chat.constants.js';
import { ChatContext } from './chat.context.js';
import { ChatEvents } from './chat.events.js';
import type { AnswerWindow, ChatKey, ChatMessage } from './chat.interface.js';

/** A message as it comes in. */
export interface SentMessage {
  readonly id: string;
  readonly text: string;
  /** The tokens that the window of its answer may have. @default no matter */
  readonly budget?: number | undefined;
}

/** What was taken on, and will be answered. */
export interface Accepted {
  readonly messageId: string;
  readonly jobId: string;
}

/** A chat as its page shows it: what its context is, and beside it what was said. */
export interface ChatView extends ContextRead {
  /** The newest messages of the database, oldest first: those too that a summary stands for. Null while it is out. */
  readonly history: readonly ChatMessage[] | null;
  /** What the worker saw at its last answer. */
  readonly window: AnswerWindow | null;
}

@Injectable()
export class ChatService {
  constructor(
    private readonly database: ChatDatabase,
    private readonly context: ChatContext,
    private readonly windows: AnswerWindows,
    private readonly answers: AnswersQueue,
    private readonly events: ChatEvents,
  ) {}

  /**
   * Stores a message and asks for its answer. Each step may be repeated: who got an error sends again, with the same id.
   */
  async send(key: ChatKey, { id, text, budget }: SentMessage): Promise<Accepted> {
    const createdAt = new Date().toISOString();
    const { message, isNew } = await this.database.save(key, { role: 'user', id, content: text, createdAt });
    if (isNew) this.events.emit(key, { type: 'message', message });
    await this.context.append(key, message);
    const jobId = await this.answers.request({ ...key, messageId: id, ...(budget !== undefined && { budget }) });
    return { messageId: id, jobId };
  }

  async view(key: ChatKey): Promise<ChatView> {
    const [read, history] = await Promise.all([this.context.read(key), this.history(key)]);
    return { ...read, history, window: this.windows.get(key) ?? null };
  }

  list(user: string): Promise<ChatSummary[]> {
    return this.database.chats(user);
  }

  private async history(key: ChatKey): Promise<ChatMessage[] | null> {
    try {
      const rows = await this.database.recent(key, CHAT_LIMITS.shownMessages);
      return rows.map(({ message }) => message);
    } catch (error) {
      if (error instanceof ChatDatabaseError) return null;
      throw error;
    }
  }
}
