import { Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { LoginGuard } from '../auth/login.guard.js';
import { ChatContext } from '../chat/chat.context.js';
import { ChatIdPipe } from '../chat/chat-id.pipe.js';
import { BudgetPipe } from './budget.pipe.js';
import { CompactionService } from './compaction.service.js';
import { ContextViewService } from './context-view.service.js';
import type { Compaction, ContextView } from './context-view.interface.js';

@Controller('chats/:chatId/context')
@UseGuards(LoginGuard)
export class ContextController {
  constructor(
    private readonly views: ContextViewService,
    private readonly compaction: CompactionService,
    private readonly context: ChatContext,
  ) {}

  @Get()
  view(
    @CurrentUser() user: string,
    @Param('chatId', ChatIdPipe) chatId: string,
    @Query('budget', BudgetPipe) budget: number,
  ): Promise<ContextView> {
    return this.views.view({ user, chatId }, budget);
  }

  @Post('compact')
  @HttpCode(200)
  async compact(
    @CurrentUser() user: string,
    @Param('chatId', ChatIdPipe) chatId: string,
    @Query('budget', BudgetPipe) budget: number,
  ): Promise<Compaction> {
    const { replaced, conflict } = await this.compaction.compact({ user, chatId });
    return { replaced, conflict, view: await this.views.view({ user, chatId }, budget) };
  }

  /** Makes Redis forget the chat, and reads it again: the loader answers. */
  @Post('expire')
  @HttpCode(200)
  async expire(
    @CurrentUser() user: string,
    @Param('chatId', ChatIdPipe) chatId: string,
    @Query('budget', BudgetPipe) budget: number,
  ): Promise<ContextView> {
    await this.context.expire({ user, chatId });
    return this.views.view({ user, chatId }, budget);
  }
}
