import { randomUUID } from 'node:crypto';
import { BadRequestException, Body, Controller, Get, HttpCode, Param, Post, Sse, UseGuards } from '@nestjs/common';
import type { MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { LoginGuard } from '../auth/login.guard.js';
import { Closing } from '../common/closing.service.js';
import { readBudget } from '../common/read-budget.js';
import { readObject, readText } from '../common/read-text.js';
import { toEventStream } from '../common/to-event-stream.js';
import type { ChatSummary } from '../database/chat.database.js';
import { CHAT_LIMITS } from './chat.constants.js';
import { ChatEvents } from './chat.events.js';
import { ChatIdPipe } from './chat-id.pipe.js';
import { ChatService } from './chat.service.js';
import type { Accepted, ChatView } from './chat.service.js';

@Controller('chats')
@UseGuards(LoginGuard)
export class ChatController {
  constructor(
    private readonly chats: ChatService,
    private readonly chatEvents: ChatEvents,
    private readonly closing: Closing,
  ) {}

  @Get()
  async list(@CurrentUser() user: string): Promise<{ chats: ChatSummary[] }> {
    return { chats: await this.chats.list(user) };
  }

  /** The text, and the id that makes sending it again harmless. */
  @Post(':chatId/messages')
  @HttpCode(202)
  async send(
    @CurrentUser() user: string,
    @Param('chatId', ChatIdPipe) chatId: string,
    @Body() body: unknown,
  ): Promise<Accepted> {
    const { id = randomUUID(), text, budget } = readObject(body);
    if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id)) {
      throw new BadRequestException('id must be 1 to 64 letters, digits, - or _');
    }
    return this.chats.send(
      { user, chatId },
      {
        id,
        text: readText(text, 'text', { max: CHAT_LIMITS.textLength }),
        budget: budget === undefined ? undefined : readBudget(budget),
      },
    );
  }

  @Get(':chatId/messages')
  messages(@CurrentUser() user: string, @Param('chatId', ChatIdPipe) chatId: string): Promise<ChatView> {
    return this.chats.view({ user, chatId });
  }

  @Sse(':chatId/events')
  events(@CurrentUser() user: string, @Param('chatId', ChatIdPipe) chatId: string): Observable<MessageEvent> {
    return toEventStream(this.chatEvents.of({ user, chatId }), this.closing.closing$);
  }
}
