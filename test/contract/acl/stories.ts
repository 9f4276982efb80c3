import { BullModule, getFlowProducerToken, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { QueueEvents, type FlowProducer, type Job, type Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { createClient } from 'redis';
import { QueueConnection, QueueConnectionModule } from '../../../lib/bullmq/index.js';
import { ContextCache, ContextModule } from '../../../lib/context/index.js';
import { RedisHealthIndicator, RedisHealthModule } from '../../../lib/health/index.js';
import { RedisError, RedisModule, RedisService } from '../../../lib/index.js';
import { memoryTier, SessionModule, SessionStore } from '../../../lib/session/index.js';
import type { SessionTier } from '../../../lib/session/index.js';
import type { TestDriver } from '../../support/drivers.js';
import { deferred, eventually, withDeadline } from '../../support/eventually.js';

/** What one part of the package does with a server, and what it saw: with a right less it fails, or sees less. */
export interface Story {
  readonly imports: ModuleMetadata['imports'];
  readonly providers?: ModuleMetadata['providers'];
  /** @param ask asks the server, as a user who may do everything */
  tell(app: TestingModule, ask: Ask): Promise<unknown>;
}

type Ask = (...command: (string | number)[]) => Promise<unknown>;

const TTL = { ttlMs: 60_000 };
const DAY_MS = 86_400_000;

async function tellOfService(app: TestingModule): Promise<unknown> {
  const redis = app.get(RedisService);
  const { commands } = redis;
  await redis.cacheSet('k', 1, TTL);
  const pages: string[] = [];
  for await (const page of commands.scan('k*')) pages.push(...page);
  return {
    pages,
    cached: await redis.cacheGet('k'),
    exists: await commands.exists('k'),
    expires: await commands.pexpire('k', 50_000),
    lives: (await commands.pttl('k')) > 0,
    deleted: await redis.cacheDelete('k'),
    counted: await commands.incrby('n', 2),
    hash: await commands.hgetall('none'),
    pushed: await redis.lpushRecent('list', 'x', { max: 1, ...TTL }),
    recent: await redis.getRecent('list', 5),
    info: (await commands.info('server')).length > 0,
    answers: (await redis.ping()) > 0,
    subscribed: await subscribe(redis),
  };
}

async function subscribe(redis: RedisService): Promise<boolean> {
  const client = await redis.duplicate('pubsub');
  const ignore = (): void => undefined;
  if (redis.driver === 'ioredis') {
    const subscriber = client as unknown as Redis;
    await subscriber.subscribe('app:a');
    await subscriber.unsubscribe('app:a');
    await subscriber.psubscribe('app:*');
    await subscriber.punsubscribe('app:*');
  } else {
    const subscriber = client as unknown as ReturnType<typeof createClient>;
    await subscriber.subscribe('app:a', ignore);
    await subscriber.unsubscribe('app:a');
    await subscriber.pSubscribe('app:*', ignore);
    await subscriber.pUnsubscribe('app:*');
  }
  return redis.release(client);
}

async function tellOfSessions(app: TestingModule): Promise<unknown> {
  const sessions = app.get(SessionStore);
  await sessions.set('a', { n: 1 }, TTL);
  const touched = await sessions.touch('a', { ttlMs: DAY_MS });
  const read = await sessions.get('a');
  const length = await sessions.length();
  await sessions.destroy('a');
  return { touched, read, length, gone: await sessions.get('a'), status: sessions.status() };
}

/** Sessions with users, and with a tier that every node would share, which misses a change and is told of it later. */
function sharedSessions(): Story {
  const memory = memoryTier();
  let isOut = false;
  const refused = new RedisError({ kind: 'unavailable', operation: 'put', message: 'The tier is out.' });
  const own: Partial<SessionTier> = {
    name: 'shared',
    shared: true,
    put: (...change) => (isOut ? Promise.reject(refused) : memory.put(...change)),
  };
  const tier = new Proxy<SessionTier>(memory, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      return typeof value === 'function' ? (value as (...args: never[]) => unknown).bind(target) : value;
    },
  });
  return {
    imports: [SessionModule.forRoot({ fallback: [tier], userOf: ({ user }) => user as string })],
    tell: async (app, ask) => {
      const sessions = app.get(SessionStore);
      const seen = await tellOfSessions(app);
      isOut = true;
      await sessions.set('b', { user: 'u', n: 1 }, TTL);
      await sessions.set('b', { user: 'u', n: 2 }, TTL);
      isOut = false;
      const isTold = async (): Promise<boolean> => (await ask('EXISTS', 'dialog:session:%pending')) === 0;
      await eventually(isTold, { timeoutMs: 4_000, what: 'the tier was told' });
      const told = (await memory.get('b'))?.entry.data;
      const found = await sessions.findByUser('u');
      await sessions.destroy('b');
      await sessions.findByUser('u');
      return { seen, told, found: found.map(({ data }) => data), left: await ask('ZCARD', 'dialog:session:%user:u') };
    },
  };
}

async function tellOfContext(app: TestingModule): Promise<unknown> {
  const cache = app.get(ContextCache);
  const cold = await cache.read('c');
  const appended = await cache.append('c', { role: 'user', content: '1' });
  await cache.append('c', [
    { role: 'user', content: '2' },
    { role: 'user', content: '3' },
  ]);
  const read = await cache.read('c');
  const compacted = await cache.compact('c', () => ({ role: 'user', content: 'both' }), { keep: 1 });
  const tenant = cache.forTenant('t');
  await tenant.pinSystem('c', 'Be kind.');
  await tenant.read('c');
  await tenant.append('c', { role: 'user', content: 'x'.repeat(1_500) });
  await tenant.append('c', { role: 'user', content: 'y'.repeat(1_500) });
  const listed = (await tenant.chats()).map(({ chatId }) => chatId);
  const kept = (await tenant.read('c')).messages.map(({ content }) => content.length);
  const cleared = [await cache.clear('c'), await tenant.clear('c'), await tenant.recent('c')];
  return { cold, appended, read, compacted, listed, kept, cleared, deleted: await tenant.delete('c') };
}

async function tellOfHealth(app: TestingModule): Promise<unknown> {
  const { redis } = (await app.get(RedisHealthIndicator).isHealthy('redis')) as Record<string, Record<string, unknown>>;
  const { status, role, memory, latencyMs } = redis ?? {};
  return { status, role, memory: memory !== undefined, latency: latencyMs !== undefined };
}

@Processor('work')
class Work extends WorkerHost {
  override process(job: Job<number>): Promise<number> {
    return Promise.resolve(job.data + 1);
  }
}

async function tellOfQueue(app: TestingModule, ask: Ask): Promise<unknown> {
  const queue = app.get<Queue<number, number>>(getQueueToken('work'));
  const { worker } = app.get(Work);
  const failed = deferred<never>();
  const fail = (error: unknown): void => failed.reject(error);
  failed.promise.catch(() => undefined);
  const events = new QueueEvents('work', { connection: app.get(QueueConnection, { strict: false }).connection });
  queue.on('error', fail);
  worker.on('error', fail);
  events.on('error', fail);
  const work = async (): Promise<unknown> => {
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady(), events.waitUntilReady()]);
    const jobs = await queue.addBulk([1, 2].map((data) => ({ name: 'plus', data })));
    const done = await Promise.all(jobs.map(async (job) => job.waitUntilFinished(events)));
    const flow = app.get<FlowProducer>(getFlowProducerToken('flow'));
    await ask('SCRIPT', 'FLUSH');
    const { job: alone } = await flow.add({ name: 'alone', data: 5, queueName: 'work' });
    const one: unknown = await alone.waitUntilFinished(events);
    await ask('SCRIPT', 'FLUSH');
    const child = { name: 'child', data: 3, queueName: 'work' };
    const { job } = await flow.add({ name: 'parent', data: 4, queueName: 'work', children: [child] });
    return { done, one, parent: await job.waitUntilFinished(events), workers: (await queue.getWorkers()).length };
  };
  try {
    return await withDeadline(Promise.race([work(), failed.promise]), { timeoutMs: 15_000 });
  } finally {
    await events.close();
  }
}

/** By the name of the user in the documentation. */
export const STORIES: Readonly<Record<string, Story | (() => Story)>> = {
  service: { imports: [], tell: tellOfService },
  // Without a tier that could stand in.
  'session-memory': { imports: [SessionModule.forRoot({ fallback: [] })], tell: tellOfSessions },
  session: sharedSessions,
  context: {
    imports: [ContextModule.forRoot({ maxMessages: 2, maxTokens: 1_000, countTokens: 'estimate', loader: () => [] })],
    tell: tellOfContext,
  },
  health: { imports: [RedisHealthModule], tell: tellOfHealth },
  queue: {
    imports: [
      BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
      BullModule.registerQueue({ name: 'work' }),
      BullModule.registerFlowProducer({ name: 'flow' }),
      QueueConnectionModule,
    ],
    providers: [Work],
    tell: tellOfQueue,
  },
};

/** Plays a story in an app of its own. An error is part of what was seen. */
export async function play(name: string, driver: TestDriver, url: string, ask: Ask): Promise<unknown> {
  const found = STORIES[name];
  if (found === undefined) throw new Error(`There is no story of ${name}`);
  const story = typeof found === 'function' ? found() : found;
  const keyPrefix = name === 'service' ? 'app:' : '';
  try {
    const app = await Test.createTestingModule({
      imports: [RedisModule.forRoot({ driver, url, keyPrefix, connectTimeoutMs: 2_000 }), ...(story.imports ?? [])],
      providers: story.providers ?? [],
    })
      .setLogger(false as never)
      .compile();
    try {
      await app.init();
      return await story.tell(app, ask);
    } finally {
      await app.close();
    }
  } catch (error) {
    return error;
  }
}
