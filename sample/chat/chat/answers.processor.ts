import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { AnswerService } from './answer.service.js';
import { ANSWERS_QUEUE } from './chat.constants.js';
import type { AnswerRequest } from './chat.interface.js';

@Processor(ANSWERS_QUEUE, { concurrency: 4 })
export class AnswersProcessor extends WorkerHost {
  private readonly logger = new Logger(AnswersProcessor.name);

  constructor(private readonly answers: AnswerService) {
    super();
  }

  /** The job's id is the answer's: a job that runs again gives the answer that is there. */
  async process(job: Job<AnswerRequest>): Promise<{ answerId: string }> {
    const { message } = await this.answers.answer(job.data, job.id ?? job.data.messageId);
    return { answerId: message.id };
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job<AnswerRequest> | undefined, error: Error): void {
    if (job === undefined || job.attemptsMade < (job.opts.attempts ?? 1)) return;
    this.answers.giveUp(job.data, error);
  }

  /** BullMQ tells of each failed call; the connection has said it once already. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.debug(`${error.name}: ${error.message}`);
  }
}
