import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { degradedHealth } from '../../support/terminus.js';
import type { EventLog, SampleEvent } from './event-log.js';
import { ModelServer } from './model-server.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';

const PASSWORD = 'battery-staple-9k';
const API_KEY = 'key-of-the-model-3q';

const isDegraded = ({ type, status }: SampleEvent): boolean => type === 'status' && status.level === 'degraded';
const isUp = ({ type, status }: SampleEvent): boolean => type === 'status' && status.level === 'up';

describeEachDriver('the chat sample without its Redis', (driver) => {
  let redis: RedisTestServer;
  let model: ModelServer;
  let app: SampleApp;
  let ada: SampleClient;
  let chat: EventLog;
  let status: EventLog;

  beforeAll(async () => {
    redis = await RedisTestServer.start({ password: PASSWORD, appendonly: true });
    model = await ModelServer.start();
    app = await SampleApp.start({
      REDIS_URL: redis.url,
      REDIS_DRIVER: driver,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: API_KEY,
      OPENAI_MODEL: 'test-model',
    });
    ada = new SampleClient(app.url);
    status = await ada.follow('/status/events');
    await status.next(isUp);
    await ada.logIn('Ada');
    chat = await ada.follow('/chats/one/events');
  });

  afterAll(async () => {
    await ada.close();
    await app.stop();
    await model.stop();
    await redis.stop();
  });

  const send = (id: string): ReturnType<SampleClient['post']> =>
    ada.post('/chats/one/messages', { id, text: `Text of ${id}` });

  const answerTo = (id: string, timeoutMs?: number): Promise<SampleEvent> =>
    chat.next(({ type, window }) => type === 'answer' && window.messageId === id, timeoutMs);

  async function healthIsDegraded(): Promise<true> {
    const { status, redis: part } = degradedHealth();
    expect(await ada.get('/health')).toMatchObject({ status: 200, body: { status, details: { redis: part } } });
    return true;
  }

  /** Within 2 s the stream, /status and /health say so; a login and what was said before are still there. */
  async function expectDegraded(since: number): Promise<void> {
    await status.next(isDegraded, 2_000);
    await eventually(healthIsDegraded, { timeoutMs: 10_000 });
    expect(performance.now() - since).toBeLessThan(2_000);
    for (const probe of ['live', 'ready', 'startup']) expect((await ada.get(`/health/${probe}`)).status).toBe(200);

    expect(await ada.get('/status')).toMatchObject({
      status: 200,
      body: { level: 'degraded', session: { tier: 'memory', degraded: true }, queue: { counts: null } },
    });
    expect(await ada.get('/me')).toMatchObject({ status: 200, body: { user: 'Ada' } });
    const { body } = await ada.get('/chats/one/messages');
    expect(body).toMatchObject({ source: 'loader', hit: false, reason: 'redis_error' });
    expect(body.messages.length).toBeGreaterThan(0);
  }

  /** All is as before, with one socket for the client and one for the worker. */
  async function expectUp(): Promise<void> {
    await status.next(isUp, 15_000).catch(async (error: Error) => {
      throw new Error(`not up again: ${JSON.stringify((await ada.get('/status')).body)}`, { cause: error });
    });
    expect(await ada.get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    await eventually(async () => (await redis.clientCount()) === 2, { what: 'two sockets on the server' });
    const { sockets } = (await ada.get('/status')).body.connection;
    expect(Object.values<number>(sockets).reduce((sum, count) => sum + count, 0)).toBe(2);
  }

  it('puts the window before the model', async () => {
    await send('first');

    const { message } = await answerTo('first');

    expect(message.content).toBe('The model answers: Text of first');
    expect(model.requests.at(-1)).toMatchObject({ authorization: `Bearer ${API_KEY}`, model: 'test-model' });
    expect(model.requests.at(-1)?.messages).toEqual([
      { role: 'system', content: expect.any(String) },
      { role: 'user', content: 'Text of first' },
    ]);
  });

  it('killed: keeps the login, refuses messages in time, and finishes by itself what it took on', async () => {
    model.hold();
    expect((await send('before-kill')).status).toBe(202);
    await eventually(() => model.requests.some(({ messages }) => messages.at(-1)?.content === 'Text of before-kill'));
    status.clear();

    await redis.kill();
    const since = performance.now();
    await expectDegraded(since);
    const refused = await send('while-killed');
    expect(refused).toMatchObject({ status: 503, body: { kind: 'unavailable', retry: true } });
    expect(refused.elapsedMs).toBeLessThan(500);
    model.release(); // the answer comes when it cannot be stored
    status.clear();
    await redis.restart();

    await answerTo('before-kill', 10_000);
    await expectUp();
    expect(await send('while-killed')).toMatchObject({ status: 202 });
    await answerTo('while-killed');
    const { body } = await ada.get('/chats/one/messages');
    const ids = body.messages.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
  });

  it('frozen: keeps the login, refuses messages in time, and goes on by itself', async () => {
    status.clear();

    await redis.freeze();
    const since = performance.now();
    const refused = await send('while-frozen');
    expect(refused).toMatchObject({ status: 503, body: { retry: true } });
    expect(refused.elapsedMs).toBeLessThan(1_500);
    await expectDegraded(since);
    status.clear();
    await redis.thaw();

    await expectUp();
    expect(await send('while-frozen')).toMatchObject({ status: 202 });
    await answerTo('while-frozen');
  });

  it('logs in and out without Redis, and what was logged out stays so', async () => {
    const grace = new SampleClient(app.url);
    await redis.kill();
    expect((await grace.logIn('Grace')).status).toBe(200);
    expect((await grace.get('/me')).body).toEqual({ user: 'Grace' });
    const mo = new SampleClient(app.url);
    await mo.logIn('Mo');
    expect((await mo.post('/logout')).status).toBe(204);

    status.clear();
    await redis.restart();
    await expectUp();

    expect((await grace.get('/me')).body).toEqual({ user: 'Grace' });
    expect((await mo.get('/me')).status).toBe(401);
  });

  it('logs out everywhere whom it knows without Redis, and says that there may be more', async () => {
    const [laptop, phone] = [new SampleClient(app.url), new SampleClient(app.url)];
    for (const browser of [laptop, phone]) await browser.logIn('Lin');
    await redis.kill();

    expect(await laptop.post('/logout/everywhere')).toMatchObject({ status: 503, body: { kind: 'unavailable' } });

    for (const browser of [laptop, phone]) expect((await browser.get('/me')).status).toBe(401);
    status.clear();
    await redis.restart();
    await expectUp();
    for (const browser of [laptop, phone]) expect((await browser.get('/me')).status).toBe(401);
  });

  it('says when the model gives no answer', async () => {
    model.status = 500;

    await send('unanswerable');

    const { reason } = await chat.next(({ type }) => type === 'failed', 10_000);
    expect(reason).toBe('the model gave no answer');
    model.status = 200;
  });

  it('ends in time while Redis is down, having shown no secret', async () => {
    await redis.kill();
    await status.next(isDegraded, 2_000);

    const { code, elapsedMs } = await app.end('SIGINT');

    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(3_000);
    for (const secret of [PASSWORD, API_KEY]) {
      expect(app.output).not.toContain(secret);
      expect(ada.transcript).not.toContain(secret);
    }
  });
});
