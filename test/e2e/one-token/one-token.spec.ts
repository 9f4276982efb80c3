import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { QueueConnectionModule } from '../../../lib/bullmq/queue-connection.module.js';
import { QueueConnection } from '../../../lib/bullmq/queue.connection.js';
import { ContextCache } from '../../../lib/context/context.cache.js';
import { ContextModule } from '../../../lib/context/context.module.js';
import { RedisHealthModule } from '../../../lib/health/health.module.js';
import { RedisHealthIndicator } from '../../../lib/health/redis.health.js';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { REDIS_CLIENT } from '../../../lib/redis.constants.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { RedisService } from '../../../lib/redis.service.js';
import { SessionModule } from '../../../lib/session/session.module.js';
import { SessionStore } from '../../../lib/session/session.store.js';
import { describeEachDriver, type TestDriver } from '../../support/drivers.js';
import { deferred, withDeadline } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { track, untrack } from '../../support/resources.js';
import { RedisTestServer } from '../../support/redis-server.js';

const done = { job: deferred<unknown>() };

@Processor('work')
@Injectable()
class WorkProcessor extends WorkerHost {
  override async process(): Promise<void> {
    done.job.resolve(undefined);
    return Promise.resolve();
  }
}

describeEachDriver('one token', (driver) => {
  let server: RedisTestServer;
  let mine: OwnClient;
  let sentinel: ProcessSentinel;

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start();
    mine = await openOwnClient(driver, server.url);
    done.job = deferred();
  });

  afterEach(async () => {
    await mine.close();
    await server.stop();
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it('overridden with my client, carries sessions, context, queue and health; only the worker opens a socket', async () => {
    const dialled = countDials();
    const module = await Test.createTestingModule({
      imports: [
        // Nothing answers there: whoever dials it fails the test.
        RedisModule.forRoot({ url: 'redis://127.0.0.1:1', driver: driver === 'ioredis' ? 'node-redis' : 'ioredis' }),
        SessionModule.forRoot({ fallback: [] }),
        ContextModule.forRoot({}),
        BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
        BullModule.registerQueue({ name: 'work' }),
        TerminusModule,
        RedisHealthModule,
      ],
      providers: [WorkProcessor],
    })
      .overrideProvider(REDIS_CLIENT)
      .useValue(mine.client)
      .compile();
    const app = await module.init();
    const resource = track({ stop: () => app.close() });

    await app.get(SessionStore).set('alice', { user: 'alice' });
    await app.get(ContextCache).append('chat', { role: 'user', content: 'hello' });
    await app.get<Queue>(getQueueToken('work')).add('job', {});
    await withDeadline(done.job.promise, { what: 'the job' });
    const health = await app.get(RedisHealthIndicator).isHealthy('redis');
    await app.get(RedisService).cacheSet('greeting', 'hello', { ttlMs: 60_000 });

    expect(health['redis']).toMatchObject({ status: 'up', driver });
    expect(dialled.stop()).toBe(1);
    const keys = (await server.command('KEYS', '*')) as string[];
    expect(keys).toEqual(expect.arrayContaining(['greeting', 'dialog:session:alice', 'bull:work:meta']));
    expect(keys.some((key) => key.startsWith('dialog:chat:'))).toBe(true);
    expect(await server.clientCount()).toBe(2);

    await app.close();
    untrack(resource);
    expect(await server.clientCount()).toBe(1);
    expect(await mine.ping()).toBe('PONG');
  });
});

interface OwnClient {
  readonly client: RedisClient;
  readonly ping: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function openOwnClient(driver: TestDriver, url: string): Promise<OwnClient> {
  if (driver === 'ioredis') {
    const redis = new Redis(url);
    await redis.ping();
    return { client: redis, ping: () => redis.ping(), close: async () => void (await redis.quit()) };
  }
  const redis = createClient({ url });
  redis.on('error', () => undefined);
  await redis.connect();
  return { client: redis, ping: () => redis.ping(), close: () => redis.close() };
}

function countDials(): { stop: () => number } {
  let dials = 0;
  const count = (): void => void dials++;
  subscribe('net.client.socket', count);
  return {
    stop: () => {
      unsubscribe('net.client.socket', count);
      return dials;
    },
  };
}
