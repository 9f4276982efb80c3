import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';

const PASSWORD = 'correct-horse-7x';

describeEachDriver('the chat sample over HTTP', (driver) => {
  let redis: RedisTestServer;
  let app: SampleApp;
  let ada: SampleClient;

  beforeAll(async () => {
    redis = await RedisTestServer.start({ password: PASSWORD });
    app = await SampleApp.start({ REDIS_URL: redis.url, REDIS_DRIVER: driver });
    ada = new SampleClient(app.url);
    await eventually(async () => (await ada.get('/status')).body.level === 'up', { what: 'level up' });
  });

  afterAll(async () => {
    await ada.close();
    await app.stop();
    await redis.stop();
  });

  it('knows nobody before the login, and one person after it', async () => {
    for (const path of ['/me', '/chats', '/chats/one/messages', '/chats/one/events']) {
      expect([path, (await ada.get(path)).status]).toEqual([path, 401]);
    }
    expect((await ada.post('/chats/one/messages', { text: 'hello' })).status).toBe(401);

    expect(await ada.logIn('Ada 🌸')).toMatchObject({ status: 200, body: { user: 'Ada 🌸' } });

    expect(await ada.get('/me')).toMatchObject({ status: 200, body: { user: 'Ada 🌸' } });
  });

  it('gives a new session at each login and ends it at the logout', async () => {
    const grace = new SampleClient(app.url);
    await grace.logIn('Grace');
    await grace.logIn('Grace');
    expect((await grace.get('/me')).body).toEqual({ user: 'Grace' });

    expect((await grace.post('/logout')).status).toBe(204);

    expect((await grace.get('/me')).status).toBe(401);
  });

  it('takes a message and tells the answer, with the window that the worker saw', async () => {
    const events = await ada.follow('/chats/one/events');

    const { status, body } = await ada.post('/chats/one/messages', { id: 'm-1', text: 'Good morning, 世界' });

    expect(status).toBe(202);
    expect(body).toEqual({ messageId: 'm-1', jobId: expect.stringMatching(/^answer-[0-9a-f]{32}$/) });
    const { message, window } = await events.next(({ type }) => type === 'answer');
    expect(message).toMatchObject({ id: body.jobId, role: 'assistant' });
    expect(message.content).toMatch(/^This is an offline stand-in, not a model\. I saw 1 message;.*Good morning, 世界/);
    expect(window).toMatchObject({ messageId: 'm-1', corrupt: 0 });
    expect(window.messages).toMatchObject([{ role: 'user', id: 'm-1', content: 'Good morning, 世界' }]);
  });

  it('gives the context of a chat with its report', async () => {
    await ada.post('/chats/one/messages', { id: 'm-2', text: 'And again' });

    const { body } = await eventually(async () => {
      const answer = await ada.get('/chats/one/messages');
      return answer.body.messages.length === 4 && answer;
    });

    expect(body).toMatchObject({
      source: 'redis',
      hit: true,
      corrupt: 0,
      window: { messageId: 'm-2', source: 'redis' },
    });
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect((await ada.get('/chats')).body).toEqual({ chats: [{ id: 'one', messages: 4, lastAt: expect.any(String) }] });
  });

  it('stores and answers a message once, however often it is sent', async () => {
    const first = await ada.post('/chats/twice/messages', { id: 'same', text: 'Only once' });
    const second = await ada.post('/chats/twice/messages', { id: 'same', text: 'Only once' });

    expect(second).toMatchObject({ status: 202, body: first.body });
    const stored = async (): Promise<unknown[]> => (await ada.get('/chats/twice/messages')).body.messages;
    await eventually(async () => (await stored()).length === 2);
    expect((await ada.post('/chats/twice/messages', { id: 'same', text: 'Something else' })).status).toBe(409);
    expect(await stored()).toHaveLength(2);
  });

  it('keeps the chats of two users apart', async () => {
    const grace = new SampleClient(app.url);
    await grace.logIn('Grace');

    expect((await grace.get('/chats/one/messages')).body.messages).toEqual([]);
    expect((await grace.get('/chats')).body).toEqual({ chats: [] });
  });

  const user = 'user must be one line of text of 1 to 40 characters';
  const text = 'text must be text of 1 to 16000 characters';
  const id = 'id must be 1 to 64 letters, digits, - or _';
  const chat = 'The id of a chat must be one line of text of 1 to 64 characters';
  const object = 'The body must be a JSON object, sent as application/json';

  it.each([
    ['a user without a name', '/login', '{"user":""}', user],
    ['a user of two lines', '/login', '{"user":"a\\nb"}', user],
    ['a user that is a number', '/login', '{"user":7}', user],
    ['a body that is a list', '/login', '[]', object],
    ['a body that ends too soon', '/login', '{"user":', /JSON/],
    ['a message without a text', '/chats/one/messages', '{}', text],
    ['an empty text', '/chats/one/messages', '{"text":"  \\n "}', text],
    ['a text that is too long', '/chats/one/messages', `{"text":"${'x'.repeat(16_001)}"}`, text],
    ['half a character', '/chats/one/messages', '{"text":"half a \\ud83d"}', text],
    ['an id with a space', '/chats/one/messages', '{"text":"hi","id":"a b"}', id],
    ['an id that is a number', '/chats/one/messages', '{"text":"hi","id":5}', id],
    ['a chat with too long a name', `/chats/${'x'.repeat(65)}/messages`, '{"text":"hi"}', chat],
    ['a chat with a null in its name', '/chats/a%00b/messages', '{"text":"hi"}', chat],
    ['a chat whose name is no UTF-8', '/chats/a%FF/messages', '{"text":"hi"}', /decode/],
  ])('refuses %s with a 400 that says why', async (_what, path, body, why) => {
    const answer = await ada.send('POST', path, body);

    expect(answer.status).toBe(400);
    if (typeof why === 'string') expect(answer.body.message).toBe(why);
    else expect(answer.body.message).toMatch(why);
  });

  it('takes a chat of any name', async () => {
    const name = encodeURIComponent('*{x}:[a-b]? / 日本 🌸');
    const events = await ada.follow(`/chats/${name}/events`);

    expect((await ada.post(`/chats/${name}/messages`, { text: 'hi' })).status).toBe(202);

    await events.next(({ type }) => type === 'answer');
    expect((await ada.get(`/chats/${name}/messages`)).body.messages).toHaveLength(2);
  });

  it('tells its health, and its status with the sockets that the server counts', async () => {
    const health = await ada.get('/health');
    expect(health).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(health.body.details.redis).toMatchObject({ status: 'up', state: 'connected', driver });
    for (const probe of ['live', 'ready', 'startup']) {
      expect(await ada.get(`/health/${probe}`)).toMatchObject({ status: 200, body: { status: 'ok' } });
    }

    const { connection, ...rest } = (await ada.get('/status')).body;
    expect(rest).toMatchObject({
      level: 'up',
      session: { tier: 'redis', degraded: false, dirty: 0 },
      queue: { counts: { waiting: 0, active: 0, failed: 0 }, error: null },
    });
    expect(connection).toMatchObject({ state: 'connected', driver, error: null, breaker: 'closed' });
    const sockets = Object.values<number>(connection.sockets).reduce((sum, count) => sum + count, 0);
    expect(sockets).toBe(2);
    expect(await redis.clientCount()).toBe(sockets);
  });

  it('tells each change of the status, at most every 500 ms', async () => {
    const status = await ada.follow('/status/events');
    await status.next(({ type }) => type === 'status');
    const before = status.events.at(-1)?.['status'].queue.counts.completed as number;
    for (const id of ['s-1', 's-2', 's-3', 's-4', 's-5', 's-6']) {
      await ada.post('/chats/status/messages', { id, text: 'Count me' });
    }

    await status.next(({ type, status }) => type === 'status' && status.queue.counts?.completed === before + 6);

    expect(status.events.length).toBeLessThanOrEqual(4);
  });

  it('serves the page with a policy that lets nothing in from elsewhere', async () => {
    const response = await fetch(app.url);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).toContain('<title>Chat on one Redis connection</title>');
  });

  it('ends in time with open streams, and leaves no socket and no password behind', async () => {
    const stream = await ada.follow('/chats/one/events');

    const { code, elapsedMs } = await app.end('SIGTERM');

    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(3_000);
    await eventually(() => stream.isEnded);
    await eventually(async () => (await redis.clientCount()) === 0, { what: 'no sockets on the server' });
    expect(app.output).toContain('connected');
    for (const text of [app.output, ada.transcript]) expect(text).not.toContain(PASSWORD);
  });
});
