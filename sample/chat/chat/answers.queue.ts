import { createHash } from 'node:crypto';
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { RedisService } from 'nestjs-redis-hub';
import { AnswerService } from './answer.service.js';
import { ANSWERS_QUEUE } from './chat.constants.js';
import type { AnswerRequest } from './chat.interface.js';

const JOB: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 200 },
  removeOnComplete: { count: 5_000 },
  removeOnFail: { count: 1_000 },
};

/** Where answers are asked for. */
@Injectable()
export class AnswersQueue {
  constructor(
    @InjectQueue(ANSWERS_QUEUE) private readonly queue: Queue<AnswerRequest>,
    private readonly redis: RedisService,
    private readonly answers: AnswerService,
  ) {}

  /**
   * Puts a job and gives its id, the same for the same message: asked twice, it is put once.
   *
   * @throws RedisError when the queue cannot be reached
   */
  async request(request: AnswerRequest): Promise<string> {
    const jobId = jobIdOf(request);
    if (this.redis.isEnabled) await this.queue.add('answer', request, { ...JOB, jobId });
    else void this.answers.attempt(request, jobId); // no Redis, no queue: this process answers by itself
    return jobId;
  }
}

/** Of letters and digits, since a chat may be called anything. */
function jobIdOf({ user, chatId, messageId }: AnswerRequest): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([user, chatId, messageId]))
    .digest('hex');
  return `answer-${digest.slice(0, 32)}`;
}
