import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { degradedHealth } from '../../support/terminus.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';

describeEachDriver('the chat sample, started again', (driver) => {
  let redis: RedisTestServer;
  let app: SampleApp;
  let ada: SampleClient;

  const start = (): Promise<SampleApp> =>
    SampleApp.start({ REDIS_URL: redis.url, REDIS_DRIVER: driver, SESSION_SECRET: 'the same for both' });

  beforeAll(async () => {
    redis = await RedisTestServer.start({ appendonly: true });
    app = await start();
    ada = new SampleClient(app.url);
    await ada.logIn('Ada');
    await app.end();
  });

  afterAll(async () => {
    await app.stop();
    await redis.stop();
  });

  it('without Redis, whose sessions it has never seen: answers 503 and logs nobody out', async () => {
    await redis.kill();
    app = await start();
    ada.moveTo(app.url);

    const answer = await ada.get('/me');

    expect(answer).toMatchObject({ status: 503, body: { statusCode: 503, kind: 'unavailable', retry: true } });
    expect(answer.body.message).toContain('not a logout');
    expect(answer.elapsedMs).toBeLessThan(1_000);
    expect((await ada.post('/chats/one/messages', { text: 'hello' })).status).toBe(503);
    const { status, redis: part } = degradedHealth();
    expect((await ada.get('/health')).body).toMatchObject({ status, details: { redis: part } });
    expect(await new SampleClient(app.url).get('/me')).toMatchObject({ status: 401 });
  });

  it('knows the login again when Redis is back', async () => {
    await redis.restart();

    await eventually(async () => (await ada.get('/me')).status === 200);

    expect((await ada.get('/me')).body).toEqual({ user: 'Ada' });
    expect((await ada.post('/chats/one/messages', { text: 'hello' })).status).toBe(202);
  });

  it('ends in time while Redis is frozen', async () => {
    await redis.freeze();

    const { code, elapsedMs } = await app.end();

    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(3_000);
  });
});
