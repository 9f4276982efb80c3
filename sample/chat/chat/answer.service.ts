import { Inject, Injectable, Logger } from '@nestjs/common';
import { isRedisError } from 'nestjs-redis-hub';
import { ChatDatabase } from '../database/chat.database.js';
import { ChatDatabaseError } from '../database/chat-database.error.js';
import { ANSWERER } from './answerer.interface.js';
import type { Answerer } from './answerer.interface.js';
import { AnswerWindows } from './answer-windows.js';
import { CHAT_LIMITS } from './chat.constants.js';
import { ChatContext } from './chat.context.js';
import { ChatEvents } from './chat.events.js';
import type { Answer, AnswerRequest, AnswerWindow, ChatMessage } from './chat.interface.js';

/** Answers one message: reads the window, asks the answerer, stores the answer, tells the page. */
@Injectable()
export class AnswerService {
  private readonly logger = new Logger(AnswerService.name);

  constructor(
    @Inject(ANSWERER) private readonly answerer: Answerer,
    private readonly context: ChatContext,
    private readonly database: ChatDatabase,
    private readonly windows: AnswerWindows,
    private readonly events: ChatEvents,
  ) {}

  /** Gives the answer under this id. Run again after an error, it does only what was not done. */
  async answer(request: AnswerRequest, answerId: string): Promise<Answer> {
    const window = await this.readWindow(request);
    const message = (await this.database.find(request, answerId)) ?? (await this.compose(request, answerId, window));
    await this.context.append(request, message);
    this.events.emit(request, { type: 'answer', message, window });
    return { message, window };
  }

  /** As {@link answer}, where nobody waits for the result. */
  async attempt(request: AnswerRequest, answerId: string): Promise<void> {
    try {
      await this.answer(request, answerId);
    } catch (error) {
      this.giveUp(request, error);
    }
  }

  /** Tells the page that no answer will come. */
  giveUp(request: AnswerRequest, error: unknown): void {
    const reason = reasonOf(error);
    this.logger.error(`No answer: ${reason}`);
    this.events.emit(request, { type: 'failed', messageId: request.messageId, reason });
  }

  private async compose(request: AnswerRequest, id: string, window: AnswerWindow): Promise<ChatMessage> {
    const content = await this.answerer.answer(window.messages);
    const message = { role: 'assistant', id, content, createdAt: new Date().toISOString() } as const;
    this.windows.set(request, window);
    return (await this.database.save(request, message)).message;
  }

  /** Within the budget; but the newest message is given whatever it weighs. */
  private async readWindow(request: AnswerRequest): Promise<AnswerWindow> {
    const { budget, messageId } = request;
    const limit = CHAT_LIMITS.windowMessages;
    const read = await this.context.read(request, { limit, ...(budget !== undefined && { maxTokens: budget }) });
    const isEmpty = budget !== undefined && read.messages.length === 0;
    return { ...(isEmpty ? await this.context.read(request, 1) : read), messageId };
  }
}

function reasonOf(error: unknown): string {
  if (isRedisError(error)) return error.redisErrorKind;
  return error instanceof ChatDatabaseError ? 'the database does not answer' : 'the model gave no answer';
}
