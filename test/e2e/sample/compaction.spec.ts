import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ModelServer } from './model-server.js';
import { SampleApp } from './sample-app.js';
import { SampleClient } from './sample-client.js';
import type { SampleAnswer } from './sample-client.js';

describeEachDriver('a compaction of the chat sample, by a model and without a Postgres', (driver) => {
  let redis: RedisTestServer;
  let model: ModelServer;
  let app: SampleApp;
  let ada: SampleClient;

  beforeAll(async () => {
    redis = await RedisTestServer.start();
    model = await ModelServer.start();
    app = await SampleApp.start({ REDIS_URL: redis.url, REDIS_DRIVER: driver, OPENAI_BASE_URL: model.url });
    ada = new SampleClient(app.url);
    await eventually(async () => (await ada.get('/status')).body.level === 'up', { what: 'level up' });
    await ada.logIn('Ada');
  });

  afterAll(async () => {
    await ada.close();
    await app.stop();
    await model.stop();
    await redis.stop();
  });

  const compact = (chat: string): Promise<SampleAnswer> => ada.post(`/chats/${chat}/context/compact?budget=100000`);
  const countsOf = ({ rows, table }: SampleAnswer['body']): object => {
    const count = (wanted: string): number => rows.filter(({ place }: { place: string }) => place === wanted).length;
    return { table: table.messages, summary: count('summary'), window: count('window') };
  };
  const contextOf = async (chat: string): Promise<SampleAnswer['body']> =>
    (await ada.get(`/chats/${chat}/context?budget=100000`)).body;
  const isSummaryRequest = ({ messages }: { messages: readonly { content: string }[] }): boolean =>
    messages[0]?.content.startsWith('Summarize') === true;

  async function talk(chat: string, texts: readonly string[]): Promise<void> {
    const events = await ada.follow(`/chats/${chat}/events`);
    for (const [index, text] of texts.entries()) {
      await ada.post(`/chats/${chat}/messages`, { id: `m-${index}`, text });
      await events.next(({ type, window }) => type === 'answer' && window.messageId === `m-${index}`);
    }
    await eventually(async () => (await contextOf(chat)).rows.length === 2 * texts.length);
  }

  it('asks the model for the summary of the older messages, and answers with it from then on', async () => {
    await talk('one', ['First', 'Second', 'Third']);

    const { body } = await compact('one');

    expect(body).toMatchObject({ replaced: 2, conflict: false, view: { table: { kind: 'memory', messages: 6 } } });
    expect(model.requests.at(-1)?.messages).toEqual([
      { role: 'system', content: expect.stringMatching(/^Summarize/) },
      { role: 'user', content: 'user: First\n\nassistant: The model answers: First' },
    ]);
    const { text: summary } = body.view.rows.find(({ role }: { role: string }) => role === 'system');
    expect(summary).toMatch(/^The model answers: user: First/);
    await ada.post('/chats/one/messages', { id: 'next', text: 'Next' });
    await eventually(() => model.requests.at(-1)?.messages.at(-1)?.content === 'Next');
    expect(model.requests.at(-1)?.messages[1]).toEqual({ role: 'system', content: summary });
  });

  it('changes nothing where the model gives no summary', async () => {
    await talk('two', ['First', 'Second', 'Third']);
    const before = await contextOf('two');
    model.status = 500;

    const refused = await compact('two');

    model.status = 200;
    expect(refused).toMatchObject({ status: 503, body: { kind: 'model', retry: true } });
    expect((await contextOf('two')).rows).toEqual(before.rows);
  });

  it('keeps what is said meanwhile, and shows the summary also where the chat was loaded again meanwhile', async () => {
    await talk('three', ['First', 'Second', 'Third']);
    for (const [index, what] of ['append', 'expire'].entries()) {
      const asked = model.requests.filter(isSummaryRequest).length;
      model.hold();
      const compacted = compact('three');
      await eventually(() => model.requests.filter(isSummaryRequest).length === asked + 1);
      if (what === 'expire') await ada.post('/chats/three/context/expire');
      else await ada.post('/chats/three/messages', { id: 'meanwhile', text: 'Meanwhile' });
      model.release();

      const { body } = await compacted;

      expect(body.conflict).toBe(what === 'expire');
      const replaced = index === 0 ? 2 : 4;
      const expected = { table: 8, summary: replaced, window: 8 - replaced + 1 };
      await eventually(async () => isDeepStrictEqual(countsOf(await contextOf('three')), expected));
    }
  });
});
