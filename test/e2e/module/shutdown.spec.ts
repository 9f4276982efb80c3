import { Injectable, Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { RedisModule, RedisService } from '../../../lib/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { failureOf, timed } from '../../contract/connection/bench.js';
import { Apps } from './apps.js';

const seen: string[] = [];

@Injectable()
class LastWriter implements OnModuleDestroy, OnApplicationShutdown {
  constructor(private readonly redis: RedisService) {}

  async onModuleDestroy(): Promise<void> {
    seen.push(`destroy ${await this.redis.cacheSet('destroyed', true, { ttlMs: 60_000 })}`);
  }

  async onApplicationShutdown(): Promise<void> {
    seen.push(`shutdown ${await this.redis.cacheSet('shut', true, { ttlMs: 60_000 })}`);
  }
}

@Module({ providers: [LastWriter] })
class WriterModule {}

@Module({})
class BullModule {}

describeEachDriver('shutdown', (driver) => {
  const apps = new Apps();
  let server: RedisTestServer;

  beforeEach(async () => {
    seen.splice(0);
    server = await RedisTestServer.start();
  });

  afterEach(() => server.stop());

  const module = (): ReturnType<typeof RedisModule.forRoot> =>
    RedisModule.forRoot({ driver, url: server.url, commandTimeoutMs: 150, shutdownTimeoutMs: 1_000 });

  it('leaves the connection to its users until their last hook', async () => {
    const app = await apps.start([module(), WriterModule]);
    const redis = app.get(RedisService);
    await redis.duplicate('pubsub');
    await app.close();
    expect(seen).toEqual(['destroy true', 'shutdown true']);
    expect(redis.state).toBe('closed');
    expect(await server.clientCount()).toBe(0);
    expect(await server.command('MGET', 'destroyed', 'shut')).toEqual(['true', 'true']);
    expect(await failureOf(redis.ping())).toMatchObject({ redisErrorKind: 'closed' });
  });

  it('ends within its time when Redis is frozen, with a duplicate that blocks', async () => {
    const app = await apps.start([module(), WriterModule]);
    const client = await app.get(RedisService).duplicate('blocking');
    const blocked = (
      'status' in client
        ? client.call('BLPOP', ...(['q', '0'] as never[]))
        : client.sendCommand(['BLPOP', 'q', '0'] as never)
    ).catch(() => 'settled');
    await eventually(async () => (await server.clients()).some(({ cmd }) => cmd === 'blpop'));
    await server.freeze();
    expect(await timed(() => app.close())).toBeLessThan(3_000);
    expect(await blocked).toBe('settled');
    await server.thaw();
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('is warned of where the module is imported after BullModule', async () => {
    await apps.start([module(), BullModule]);
    expect(apps.log.lines.join()).not.toContain('imported after BullModule');
    await apps.start([BullModule, module()]);
    expect(apps.log.lines.join()).toContain('imported after BullModule');
  });
});
