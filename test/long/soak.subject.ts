import 'reflect-metadata';
import type { EventEmitter } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { QueueEvents, type Job, type Queue } from 'bullmq';
import { REDIS_CLIENT, RedisModule, RedisService, type RedisDriverName } from 'nestjs-redis-hub';
import { QueueConnection, QueueConnectionModule } from 'nestjs-redis-hub/bullmq';
import { ContextCache, ContextModule } from 'nestjs-redis-hub/context';
import { RedisHealthIndicator, RedisHealthModule } from 'nestjs-redis-hub/health';
import { SessionModule, SessionStore } from 'nestjs-redis-hub/session';
import { countComplaints } from './complaints.js';
import { SoakLoad } from './soak.load.js';
import type { SoakCommand, SoakSample } from './soak.messages.js';
import { takeVitals } from './vitals.js';

/** The process that is soaked: `soak.subject.js DRIVER URL`, a whole app; answers `sample`, `settle` and `close`. */
const [driver, url] = process.argv.slice(2) as [RedisDriverName, string];
const complaints = countComplaints();

/** A lock that outlasts any flap, and a machine that is busy: nothing that runs is ever taken for abandoned. */
@Processor('work', { concurrency: 4, lockDuration: 60_000, stalledInterval: 5_000, maxStalledCount: 100 })
@Injectable()
class WorkProcessor extends WorkerHost {
  ran: number[] = [];

  override process(job: Job<{ n: number }>): Promise<void> {
    this.ran.push(job.data.n);
    return Promise.resolve();
  }
}

@Module({
  imports: [
    RedisModule.forRoot({ url, driver }),
    SessionModule.forRoot({ ttlMs: 3_600_000 }),
    ContextModule.forRoot({ maxMessages: 50 }),
    BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
    BullModule.registerQueue({ name: 'work', defaultJobOptions: { removeOnComplete: 100 } }),
    QueueConnectionModule,
    TerminusModule,
    RedisHealthModule,
  ],
  providers: [WorkProcessor],
})
class SoakModule {}

const app = await NestFactory.createApplicationContext(SoakModule);
const redis = app.get(RedisService);
const client = app.get<EventEmitter>(REDIS_CLIENT);
const queue = app.get<Queue<{ n: number }>>(getQueueToken('work'));
const processor = app.get(WorkProcessor);
const events = new QueueEvents('work', { connection: app.get(QueueConnection, { strict: false }).connection });
const emitters: EventEmitter[] = [client, queue, events, processor.worker];
for (const emitter of [queue, events, processor.worker] as EventEmitter[]) emitter.on('error', () => undefined);

const sessions = app.get(SessionStore);
const health = app.get(RedisHealthIndicator, { strict: false });
const load = new SoakLoad({ redis, sessions, context: app.get(ContextCache), queue, health });
load.start();
const delays = monitorEventLoopDelay();
delays.enable();

async function sample(): Promise<SoakSample> {
  const { ran } = processor;
  processor.ran = [];
  const stallMs = delays.max / 1e6;
  delays.disable();
  const vitals = await load.untimed(() => takeVitals(emitters));
  delays.reset();
  delays.enable();
  return { ...vitals, ...load.takeCounts(), ran, stallMs, complaints: complaints() };
}

async function close(): Promise<void> {
  await events.close();
  await app.close();
  process.disconnect();
}

const COMMANDS: Readonly<Record<SoakCommand, () => Promise<unknown>>> = {
  sample,
  settle: () => load.stop(),
  close,
};

process.on('message', (command: SoakCommand) => {
  void COMMANDS[command]().then((answer) => process.connected && process.send?.(answer ?? null));
});
process.send?.('ready');
