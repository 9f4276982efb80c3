import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { AnswerService } from './answer.service.js';
import { answererProvider } from './answerer.provider.js';
import { AnswersProcessor } from './answers.processor.js';
import { AnswersQueue } from './answers.queue.js';
import { ChatContext } from './chat.context.js';
import { ChatController } from './chat.controller.js';
import { ChatDatabaseModule } from './chat-database.module.js';
import { ChatEvents } from './chat.events.js';
import { ChatService } from './chat.service.js';
import { ANSWERS_QUEUE } from './chat.constants.js';

@Module({
  imports: [ChatDatabaseModule, BullModule.registerQueue({ name: ANSWERS_QUEUE })],
  controllers: [ChatController],
  providers: [ChatService, ChatContext, ChatEvents, AnswersQueue, AnswersProcessor, AnswerService, answererProvider],
  exports: [BullModule],
})
export class ChatModule {}
