import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { ChatDatabaseModule } from '../database/chat-database.module.js';
import { AnswerService } from './answer.service.js';
import { AnswerWindows } from './answer-windows.js';
import { answererProvider } from './answerer.provider.js';
import { AnswersProcessor } from './answers.processor.js';
import { AnswersQueue } from './answers.queue.js';
import { ChatContext } from './chat.context.js';
import { ChatController } from './chat.controller.js';
import { ChatEvents } from './chat.events.js';
import { ChatService } from './chat.service.js';
import { ANSWERS_QUEUE } from './chat.constants.js';

@Module({
  imports: [ChatDatabaseModule, BullModule.registerQueue({ name: ANSWERS_QUEUE })],
  controllers: [ChatController],
  providers: [
    ChatService,
    ChatContext,
    ChatEvents,
    AnswersQueue,
    AnswersProcessor,
    AnswerService,
    AnswerWindows,
    answererProvider,
  ],
  exports: [BullModule, ChatContext, answererProvider],
})
export class ChatModule {}
