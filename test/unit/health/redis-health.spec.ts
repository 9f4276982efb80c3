import type { ModuleRef } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';
import { NEVER } from 'rxjs';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { RedisHealthIndicator } from '../../../lib/health/index.js';
import type { RedisHealthCheckOptions } from '../../../lib/health/index.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';
import { degradedHealth } from '../../support/terminus.js';

const never = (): Promise<never> => new Promise(() => undefined);

/** A connection that answers at once, but for what the test says. */
function connectionWith(overrides: Partial<RedisConnectionHandle> = {}, ping: () => Promise<number> = async () => 1) {
  const commands = { ping, infoOfEach: async () => ['role:master\r\nused_memory:5\r\n'] };
  return {
    name: 'default',
    driver: 'ioredis',
    endpoint: 'redis.example:6379',
    state: 'connected',
    state$: NEVER,
    isEnabled: true,
    lastError: undefined,
    role: 'master',
    sockets: { client: 1 },
    consumers: [],
    commands,
    ...overrides,
  } as unknown as RedisConnectionHandle;
}

function indicatorOn(
  connection: RedisConnectionHandle,
  defaults?: RedisHealthCheckOptions,
  indicators: unknown = new HealthIndicatorService(),
): RedisHealthIndicator {
  const get = (token: string): RedisConnectionHandle => {
    if (token !== 'REDIS:CONNECTION') throw new Error('no such provider');
    return connection;
  };
  return new RedisHealthIndicator(indicators as HealthIndicatorService, { get } as unknown as ModuleRef, defaults);
}

const needy = { name: 'context', required: true, hasFallback: false, tier: () => 'redis' };
const bridged = { ...needy, hasFallback: true, tier: () => 'loader' };
const counts = async (): Promise<Record<string, number>> => ({ waiting: 2, prioritized: 1 });
const mail = { name: 'mail', getJobCounts: counts };
const refused = new RedisError({ kind: 'refused', message: 'refused' });

describe('RedisHealthIndicator', () => {
  it('tells what it saw under the key it was given', async () => {
    expect(await indicatorOn(connectionWith({ consumers: [needy] })).isHealthy('cache')).toEqual({
      cache: {
        status: 'up',
        state: 'connected',
        latencyMs: 1,
        role: 'master',
        memory: { usedBytes: 5 },
        driver: 'ioredis',
        endpoint: 'redis.example:6379',
        sockets: { client: 1 },
        consumers: [{ name: 'context', required: true, tier: 'redis' }],
      },
    });
  });

  it('answers in time when nothing is ever answered, and when the answer comes late', async () => {
    const late = async (): Promise<number> => Promise.reject(refused);
    for (const ping of [never, never, late]) {
      const result = await indicatorOn(connectionWith({}, ping)).isHealthy('redis', { timeoutMs: 20 });
      expect(result.redis).toMatchObject({ status: 'down', error: ping === late ? 'refused' : 'command-timeout' });
    }
  });

  it('leaves memory and role out where INFO is forbidden', async () => {
    const connection = connectionWith();
    const forbidden = async (): Promise<never> => Promise.reject(new RedisError({ kind: 'permission', message: 'no' }));
    Object.assign(connection.commands, { infoOfEach: forbidden });
    const { redis } = await indicatorOn(connection).isHealthy();
    expect(redis).toMatchObject({ status: 'up', role: 'master' });
    expect(redis).not.toHaveProperty('memory');
  });

  it('asks nothing of a connection that is not up', async () => {
    const asked: string[] = [];
    const commands = { ping: () => asked.push('ping'), infoOfEach: () => asked.push('info') } as never;
    const lost = connectionWith({ state: 'reconnecting', lastError: refused, commands, consumers: [bridged] });
    const { redis } = await indicatorOn(lost).isHealthy();
    expect(redis).toMatchObject({
      ...degradedHealth().redis,
      state: 'reconnecting',
      error: 'refused',
      consumers: [{ tier: 'loader' }],
    });
    expect(asked).toEqual([]);
  });

  it('says up and degraded on terminus 11, which has no such status', async () => {
    const withoutDegraded = {
      check: (key: string) => ({
        up: (data: object) => ({ [key]: { ...data, status: 'up' } }),
        down: (data: object) => ({ [key]: { ...data, status: 'down' } }),
      }),
    };
    const lost = connectionWith({ state: 'failed', lastError: refused, consumers: [bridged] });
    const degraded = await indicatorOn(lost, {}, withoutDegraded).isHealthy();
    expect(degraded.redis).toMatchObject({ status: 'up', degraded: true, error: 'refused' });
    const down = await indicatorOn(connectionWith({ state: 'failed' }), {}, withoutDegraded).isHealthy();
    expect(down.redis).toMatchObject({ status: 'down' });
    expect(down.redis).not.toHaveProperty('degraded');
  });

  it('is down, and says why, for options that make no sense', async () => {
    const indicator = indicatorOn(connectionWith());
    const badly = { timeoutMs: 0, maxMemoryRatio: 90, color: 'red' } as RedisHealthCheckOptions;
    for (const answer of [indicator.isHealthy('redis', badly), indicator.isStarted('redis', badly)]) {
      expect((await answer).redis).toMatchObject({
        status: 'down',
        error: 'configuration',
        message: expect.stringMatching(/timeoutMs must .*maxMemoryRatio must .*color is not an option/),
      });
    }
    expect((await indicator.isHealthy('redis', { connection: 'other' })).redis).toMatchObject({
      status: 'down',
      message: expect.stringContaining("no connection 'other'"),
    });
  });

  it.each<[string, unknown]>([
    ['maxLatencyMs', 0],
    ['maxLatencyMs', Infinity],
    ['maxReplicationLagBytes', -1],
    ['maxReplicationLagSeconds', 0.5],
    ['maxQueueBacklog', '7'],
    ['whenExceeded', 'up'],
    ['queues', {}],
    ['queues', [{ name: 'mail' }]],
    ['queues', [{ name: '', getJobCounts: counts }]],
    ['queues', [null]],
  ])('names the option at fault: %s %p', async (name, value) => {
    const { redis } = await indicatorOn(connectionWith()).isHealthy('redis', { [name]: value });
    expect(redis).toMatchObject({ status: 'down', message: expect.stringContaining(`${name} must be`) });
  });

  it('is degraded by a limit that is exceeded, and names it; or down, where that is asked for', async () => {
    const indicator = indicatorOn(
      connectionWith({}, async () => 80),
      { maxLatencyMs: 50, queues: [mail] },
    );
    expect((await indicator.isHealthy('redis', { maxQueueBacklog: 2 })).redis).toMatchObject({
      ...degradedHealth().redis,
      message:
        'PING took 80 ms, more than 50 (maxLatencyMs). 3 jobs wait in the queue mail, more than 2 (maxQueueBacklog).',
      queues: [{ name: 'mail', backlog: 3 }],
      exceeded: [
        { option: 'maxLatencyMs', limit: 50, value: 80 },
        { option: 'maxQueueBacklog', limit: 2, value: 3, queue: 'mail' },
      ],
    });
    expect((await indicator.isHealthy('redis', { whenExceeded: 'down' })).redis).toMatchObject({ status: 'down' });
    const { redis } = await indicator.isHealthy('redis', { maxLatencyMs: 100 });
    expect(redis).toMatchObject({ status: 'up', queues: [{ name: 'mail', backlog: 3 }] });
    expect(redis).not.toHaveProperty('exceeded');
  });

  it('is started from the first check on that is not down, whatever comes then', async () => {
    const connection = connectionWith({ state: 'connecting' }) as {
      -readonly [K in keyof RedisConnectionHandle]: RedisConnectionHandle[K];
    };
    const indicator = indicatorOn(connection);
    expect((await indicator.isStarted()).redis).toMatchObject({ status: 'down', state: 'connecting' });
    connection.state = 'connected';
    expect((await indicator.isStarted()).redis).toMatchObject({ status: 'up', latencyMs: 1 });
    connection.state = 'reconnecting';
    expect((await indicator.isStarted()).redis).toEqual({ status: 'up', state: 'reconnecting' });
    expect((await indicator.isHealthy()).redis).toMatchObject({ status: 'down' });
  });

  it('is started by what serves in place of Redis, too, and by the check of a readiness probe', async () => {
    const lost = connectionWith({ state: 'failed', lastError: refused, consumers: [bridged] });
    expect((await indicatorOn(lost).isStarted()).redis).toMatchObject(degradedHealth().redis);
    const indicator = indicatorOn(lost);
    await indicator.isHealthy();
    expect((await indicator.isStarted('app')).app).toEqual({ status: 'up', state: 'failed' });
  });

  it('refuses defaults that make no sense at boot', () => {
    expect(() => indicatorOn(connectionWith(), { timeoutMs: -1 }).onModuleInit()).toThrow('timeoutMs must be');
    expect(() => indicatorOn(connectionWith(), { connection: 'other' }).onModuleInit()).toThrow(
      "no connection 'other'",
    );
    expect(() => indicatorOn(connectionWith()).onModuleInit()).not.toThrow();
  });
});
