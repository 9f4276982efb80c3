import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { QueueEvents, type Job, type Queue, type Worker } from 'bullmq';
import { RedisModule } from '../../../lib/redis.module.js';
import { RedisService } from '../../../lib/redis.service.js';
import { QueueConnectionModule } from '../../../lib/bullmq/queue-connection.module.js';
import { QueueConnection } from '../../../lib/bullmq/queue.connection.js';
import { track, untrack } from '../../support/resources.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';

/** What the processor of the test's queue saw. */
@Injectable()
export class JobLog {
  readonly runs = new Map<number, number>();
  readonly errors: string[] = [];
  /** Awaited by each job, after it was noted. */
  work: () => Promise<void> = () => Promise.resolve();

  note(n: number): void {
    this.runs.set(n, (this.runs.get(n) ?? 0) + 1);
  }

  get runTwice(): number[] {
    return [...this.runs].filter(([, times]) => times > 1).map(([n]) => n);
  }
}

/**
 * Short locks: a job that a lost reply left with a worker that does not know of it is found again soon. But longer than
 * any outage here: a job whose lock ends before its last step was taken is run again, as BullMQ says.
 */
@Processor('work', { concurrency: 4, lockDuration: 15_000, stalledInterval: 1_000 })
class WorkProcessor extends WorkerHost {
  constructor(private readonly log: JobLog) {
    super();
  }

  override async process(job: Job<{ n: number }>): Promise<number> {
    this.log.note(job.data.n);
    await this.log.work();
    return job.data.n;
  }
}

export interface QueueApp {
  readonly app: INestApplicationContext;
  readonly redis: RedisService;
  readonly queue: Queue<{ n: number }>;
  readonly worker: Worker;
  readonly log: JobLog;
  readonly connection: QueueConnection;
  /** A QueueEvents on the same connection. Closed by {@link QueueApp.close}. */
  readonly listen: () => QueueEvents;
  readonly close: () => Promise<void>;
}

/** A Nest app with one queue, its processor, and whatever else the options ask for. */
export async function startQueueApp(options: RedisModuleOptions, furtherQueues: string[] = []): Promise<QueueApp> {
  const module = await Test.createTestingModule({
    imports: [
      RedisModule.forRoot(options),
      BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
      BullModule.registerQueue({ name: 'work' }, ...furtherQueues.map((name) => ({ name }))),
      BullModule.registerFlowProducer({ name: 'flow' }),
      QueueConnectionModule,
    ],
    providers: [JobLog, WorkProcessor],
  }).compile();
  const app = await module.init();
  const queue = app.get<Queue<{ n: number }>>(getQueueToken('work'));
  const log = app.get(JobLog);
  const { worker } = app.get(WorkProcessor);
  const connection = app.get(QueueConnection, { strict: false });
  const note = (error: Error): void => void log.errors.push(error.message);
  worker.on('error', note);
  queue.on('error', note);
  const listening: QueueEvents[] = [];
  const listen = (): QueueEvents => {
    const events = new QueueEvents('work', { connection: connection.connection });
    events.on('error', note);
    listening.push(events);
    return events;
  };
  const close = async (): Promise<void> => {
    untrack(resource);
    await Promise.all(listening.map((events) => events.close()));
    await app.close();
  };
  const resource = track({ stop: close });
  return { app, redis: app.get(RedisService), queue, worker, log, connection, listen, close };
}

export interface Load {
  readonly acknowledged: Set<number>;
  readonly rejections: { readonly kind: unknown; readonly elapsedMs: number }[];
  readonly stop: () => Promise<void>;
}

/** Adds jobs one after another, 50 a second, until stopped; notes which were acknowledged. */
export function startLoad(queue: Queue<{ n: number }>): Load {
  const acknowledged = new Set<number>();
  const rejections: { kind: unknown; elapsedMs: number }[] = [];
  let isRunning = true;
  const add = async (n: number): Promise<void> => {
    const startedAt = performance.now();
    try {
      await queue.add('job', { n }, { jobId: `job-${n}` });
      acknowledged.add(n);
    } catch (error) {
      const kind = (error as { redisErrorKind?: unknown }).redisErrorKind ?? error;
      rejections.push({ kind, elapsedMs: performance.now() - startedAt });
    }
  };
  const running = (async () => {
    for (let n = 0; isRunning; n++) {
      await add(n);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const stop = (): Promise<void> => {
    isRunning = false;
    return running;
  };
  return { acknowledged, rejections, stop };
}
