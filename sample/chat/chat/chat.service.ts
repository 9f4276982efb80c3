import { Injectable } from '@nestjs/common';
import type { ContextRead } from 'nestjs-redis-hub/context';
import { AnswersQueue } from './answers.queue.js';
import { ChatContext } from './chat.context.js';
import { ChatDatabase } from './chat.database.js';
import type { ChatSummary } from './chat.database.js';
import { ChatEvents } from './chat.events.js';
import type { AnswerWindow, ChatKey } from './chat.interface.js';

/** What was taken on, and will be answered. */
export interface Accepted {
  readonly messageId: string;
  readonly jobId: string;
}

/** A chat as its page shows it. */
export interface ChatView extends ContextRead {
  /** What the worker saw at its last answer. */
  readonly window: AnswerWindow | null;
}

@Injectable()
export class ChatService {
  constructor(
    private readonly database: ChatDatabase,
    private readonly context: ChatContext,
    private readonly answers: AnswersQueue,
    private readonly events: ChatEvents,
  ) {}

  /**
   * Stores a message and asks for its answer. Each step may be repeated: who got an error sends again, with the same id.
   */
  async send(key: ChatKey, id: string, text: string): Promise<Accepted> {
    const isNew = this.database.find(key, id) === undefined;
    const createdAt = new Date().toISOString();
    const message = this.database.save(key, { role: 'user', id, content: text, createdAt });
    if (isNew) this.events.emit(key, { type: 'message', message });
    await this.context.append(key, message);
    const jobId = await this.answers.request({ ...key, messageId: id });
    return { messageId: id, jobId };
  }

  async view(key: ChatKey): Promise<ChatView> {
    return { ...(await this.context.read(key)), window: this.database.window(key) ?? null };
  }

  list(user: string): ChatSummary[] {
    return this.database.chats(user);
  }
}
