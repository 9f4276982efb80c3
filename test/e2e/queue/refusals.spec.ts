import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Job, Queue } from 'bullmq';
import { QueueConnectionModule } from '../../../lib/bullmq/queue-connection.module.js';
import { QueueConnection } from '../../../lib/bullmq/queue.connection.js';
import { RedisHealthModule } from '../../../lib/health/health.module.js';
import { RedisHealthIndicator } from '../../../lib/health/redis.health.js';
import { RedisModule } from '../../../lib/redis.module.js';
import { SessionModule } from '../../../lib/session/session.module.js';
import { SessionStore } from '../../../lib/session/session.store.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { RespConnection } from '../../support/resp-connection.js';
import { degradedHealth } from '../../support/terminus.js';

const PAYLOAD = 'PAYLOAD-SECRET';
/** The client's and the worker's. */
const SOCKETS = 2;

@Processor('work')
@Injectable()
class WorkProcessor extends WorkerHost {
  readonly ran: unknown[] = [];

  override async process(job: Job<{ n: number }>): Promise<void> {
    this.ran.push(job.data.n);
    return Promise.resolve();
  }
}

describeEachDriver('an app with sessions and a queue', (driver) => {
  let server: RedisTestServer;
  let probe: RespConnection;
  let sentinel: ProcessSentinel;
  let app: TestingModule;
  let sessions: SessionStore;
  let queue: Queue;

  beforeEach(async () => {
    sentinel = ProcessSentinel.start();
    server = await RedisTestServer.start({ config: ['save 3600 100000'] });
    // Open all the time: one test leaves no place for another.
    probe = await server.connect();
    app = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ url: server.url, driver, watchdogIntervalMs: 200 }),
        SessionModule.forRoot({}),
        BullModule.forRootAsync({ imports: [QueueConnectionModule], useExisting: QueueConnection }),
        BullModule.registerQueue({ name: 'work' }),
        TerminusModule,
        RedisHealthModule,
      ],
      providers: [WorkProcessor],
    }).compile();
    await app.init();
    sessions = app.get(SessionStore);
    queue = app.get<Queue>(getQueueToken('work'));
    queue.on('error', () => undefined);
    app.get(WorkProcessor).worker.on('error', () => undefined);
    await sessions.set('alice', { n: 1 });
    await queue.add('job', { n: 1 });
    await eventually(() => app.get(WorkProcessor).ran.length === 1, { what: 'the first job to run' });
  });

  afterEach(async () => {
    await app.close();
    probe.close();
    await server.stop();
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  const refusalOf = async (): Promise<string> => {
    const error: unknown = await queue.add('job', { n: 2, payload: PAYLOAD }).catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(PAYLOAD);
    return (error as { redisErrorKind: string }).redisErrorKind;
  };

  const healthNow = async (): Promise<unknown> => (await app.get(RedisHealthIndicator).isHealthy('redis'))['redis'];

  const isWell = async (): Promise<boolean> => {
    const { status, degraded } = (await healthNow()) as { status: string; degraded?: boolean };
    return status === 'up' && degraded !== true;
  };

  const expectServedByFallback = async (): Promise<void> => {
    await sessions.set('alice', { n: 2 });
    expect(await sessions.get('alice')).toEqual({ n: 2 });
    await sessions.set('bob', { n: 1 });
    expect(await healthNow()).toMatchObject(degradedHealth().redis);
  };

  const expectRecovered = async (): Promise<void> => {
    await eventually(() => queue.add('job', { n: 3 }, { jobId: 'third' }).then(() => true), { what: 'a job taken' });
    const { ran } = app.get(WorkProcessor);
    await eventually(() => ran.includes(3), { what: 'the job to run', timeoutMs: 15_000 });
    expect(ran).toEqual([1, 3]);
    const stored = async (id: string): Promise<string> => String(await probe.call('GET', `dialog:session:${id}`));
    await eventually(async () => (await stored('alice')).includes('"n":2'), { what: 'the change in Redis' });
    await eventually(async () => (await stored('bob')).includes('"n":1'), { what: 'the new session in Redis' });
    await eventually(isWell, { what: 'health' });
    expect(await server.clientCount()).toBe(SOCKETS);
  };

  it('outlives a snapshot that fails, and goes on when one succeeds', async () => {
    // A directory stands where the snapshot has to be renamed to.
    const obstacle = join(dirname(server.socketPath), 'dump.rdb');
    await mkdir(obstacle);
    await save(probe, 'err');
    await eventually(async () => (await refusalOf()) === 'misconfigured', { what: 'a refusal' });
    await expectServedByFallback();
    await rmdir(obstacle);
    await save(probe, 'ok');
    await expectRecovered();
  });

  it('outlives a server without a place for it, and comes back when there is one', async () => {
    await probe.call('CONFIG', 'SET', 'maxclients', 1);
    await probe.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(async () => (await refusalOf()) === 'max-clients', { what: 'a refusal' });
    await expectServedByFallback();
    expect(await refusalOf()).toBe('max-clients');
    await probe.call('CONFIG', 'SET', 'maxclients', 100);
    await expectRecovered();
  });
});

async function save(probe: RespConnection, outcome: 'ok' | 'err'): Promise<void> {
  await probe.call('BGSAVE');
  const status = async (): Promise<string> => String(await probe.call('INFO', 'persistence'));
  await eventually(async () => (await status()).includes(`rdb_last_bgsave_status:${outcome}`), {
    what: 'the snapshot',
  });
}
