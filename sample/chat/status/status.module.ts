import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ChatModule } from '../chat/chat.module.js';
import { BreakerMonitor } from './breaker.monitor.js';
import { HealthController } from './health.controller.js';
import { QueueCounter } from './queue.counter.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';

@Module({
  imports: [TerminusModule, ChatModule],
  controllers: [StatusController, HealthController],
  providers: [StatusService, QueueCounter, BreakerMonitor],
})
export class StatusModule {}
