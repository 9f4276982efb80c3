import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { ChatDatabaseModule } from '../database/chat-database.module.js';
import { CompactionService } from './compaction.service.js';
import { ContextController } from './context.controller.js';
import { ContextViewService } from './context-view.service.js';

@Module({
  imports: [ChatModule, ChatDatabaseModule],
  controllers: [ContextController],
  providers: [ContextViewService, CompactionService],
})
export class ContextViewModule {}
