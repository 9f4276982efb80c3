import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisTestServer } from '../../support/redis-server.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';

describe('the chat sample with REDIS_ENABLED=false', () => {
  let redis: RedisTestServer;
  let app: SampleApp;
  let ada: SampleClient;

  beforeAll(async () => {
    redis = await RedisTestServer.start();
    app = await SampleApp.start({ REDIS_ENABLED: 'false', REDIS_URL: redis.url });
    ada = new SampleClient(app.url);
  });

  afterAll(async () => {
    await ada.close();
    await app.stop();
    await redis.stop();
  });

  it('says so in one line, on /health and in its status', async () => {
    expect(app.output.match(/Redis is off \(REDIS_ENABLED=false\)/g)).toHaveLength(1);
    const { status, body } = await ada.get('/health');
    expect(status).toBe(200);
    expect(body.details.redis).toMatchObject({ state: 'disabled', sockets: { client: 0 } });
    expect(body.details.redis.consumers).toContainEqual({ name: 'session', required: true, tier: 'memory' });
    expect((await ada.get('/status')).body).toMatchObject({
      level: 'off',
      connection: { state: 'disabled', driver: null, error: null, sockets: { client: 0 }, breaker: 'closed' },
      session: { tier: 'memory', degraded: false, dirty: 0 },
      queue: { counts: null, error: null },
    });
  });

  it('logs in and answers without a queue', async () => {
    await ada.logIn('Ada');
    const events = await ada.follow('/chats/one/events');

    expect((await ada.post('/chats/one/messages', { id: 'm-1', text: 'Anybody there?' })).status).toBe(202);

    const { message, window } = await events.next(({ type }) => type === 'answer');
    expect(message.content).toContain('Anybody there?');
    expect(window).toMatchObject({ source: 'loader', reason: 'disabled', messageId: 'm-1' });
    expect((await ada.get('/chats/one/messages')).body.messages).toHaveLength(2);
    expect((await ada.get('/chats/one/context')).body).toMatchObject({
      source: 'loader',
      reason: 'disabled',
      table: { kind: 'memory', messages: 2 },
      rows: [
        { role: 'user', position: 1, sequence: null, place: 'window' },
        { role: 'assistant', position: 2, sequence: null, place: 'window' },
      ],
    });
    expect(await ada.post('/chats/one/context/compact')).toMatchObject({ status: 503, body: { kind: 'disabled' } });
  });

  it('opens no socket to the Redis of the address, and ends in time', async () => {
    expect(await redis.clientCount()).toBe(0);
    const { code, elapsedMs } = await app.end();
    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(3_000);
  });
});
