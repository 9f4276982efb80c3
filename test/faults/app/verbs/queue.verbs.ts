import {
  InjectQueue,
  OnQueueEvent,
  OnWorkerEvent,
  Processor,
  QueueEventsHost,
  QueueEventsListener,
  WorkerHost,
} from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { PAYLOAD } from '../../protocol.js';
import { complain } from '../complain.js';
import type { VerbsProvider } from './verbs.js';

export const QUEUE = 'faults';

/** What became of the jobs in this process. */
@Injectable()
export class JobLog {
  readonly runs = new Map<string, number>();
  readonly completed = new Set<string>();
  /** Jobs that were given another's data, or none. */
  readonly foreign: string[] = [];
}

/**
 * Short locks, so that a job whose fetch lost its reply is found within the time of a cell; but longer than any fault: a
 * job whose lock ends while it runs is run again, as BullMQ's docs say.
 */
@Processor(QUEUE, { concurrency: 4, lockDuration: 15_000, stalledInterval: 1_000 })
export class QueueWorker extends WorkerHost {
  constructor(@Inject(JobLog) private readonly log: JobLog) {
    super();
  }

  override process(job: Job<{ key: string }>): Promise<string> {
    const { key } = job.data;
    if (key === undefined || key !== job.id) this.log.foreign.push(`${job.id} was given the data of ${key}`);
    this.log.runs.set(key, (this.log.runs.get(key) ?? 0) + 1);
    return Promise.resolve(key);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    complain('error-event', error);
  }
}

@QueueEventsListener(QUEUE)
export class QueueListener extends QueueEventsHost {
  constructor(@Inject(JobLog) private readonly log: JobLog) {
    super();
  }

  @OnQueueEvent('completed')
  onCompleted({ jobId }: { jobId: string }): void {
    this.log.completed.add(jobId);
  }

  @OnQueueEvent('error')
  onError(error: Error): void {
    complain('error-event', error);
  }
}

@Injectable()
export class QueueVerbs implements VerbsProvider {
  constructor(
    @InjectQueue(QUEUE) private readonly queue: Queue,
    @Inject(JobLog) private readonly log: JobLog,
  ) {
    queue.on('error', (error) => complain('error-event', error));
  }

  readonly verbs = {
    write: async (jobId: string) => {
      const job = await this.queue.add('job', { key: jobId, payload: PAYLOAD }, { jobId });
      return { jobId: job.id };
    },
    jobs: () =>
      Promise.resolve({ runs: [...this.log.runs], completed: [...this.log.completed], foreign: this.log.foreign }),
  };
}
