import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HumanMessage } from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { MockLanguageModelV3 } from 'ai/test';
import OpenAI from 'openai';
import { ContextApp, contents } from '../../contract/context/context-app.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { readPage } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';
import { answer as answerByAiSdk } from './examples/ai-sdk.js';
import { withHistory } from './examples/langchain.js';
import { answer as answerByOpenAi } from './examples/openai.js';

const EXAMPLES = 'test/package/docs/examples';
const SAID = ['Weather?', 'Warm.'];

describe('docs/CONTEXT_MESSAGES.md', () => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start('ioredis', server);
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('has the examples that are compiled and run here', () => {
    const blocks = readPage('docs/CONTEXT_MESSAGES.md').blocks.filter(({ language }) => language === 'ts');
    expect(blocks).toHaveLength(3);
    for (const { note = '', code } of blocks) {
      expect(code).toBe(readFileSync(join(ROOT, EXAMPLES, note.replace('file: ', '')), 'utf8'));
    }
  });

  it('answers by the AI SDK', async () => {
    const model = new MockLanguageModelV3({
      doGenerate: {
        content: [{ type: 'text', text: 'Warm.' }],
        finishReason: { unified: 'stop', raw: undefined },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
        warnings: [],
      },
    });
    expect(await answerByAiSdk(app.cache, model, 'ai', 'Weather?')).toBe('Warm.');
    expect(model.doGenerateCalls[0]?.prompt).toMatchObject([{ content: [{ type: 'text', text: 'Weather?' }] }]);
    expect(JSON.stringify(contents(await app.cache.recent('ai')))).toContain('Warm.');
  });

  it('answers by OpenAI', async () => {
    const message = { role: 'assistant', content: 'Warm.', refusal: null, annotations: [] };
    const openai = new OpenAI({
      apiKey: 'none',
      fetch: () => Promise.resolve(Response.json({ choices: [{ index: 0, message, finish_reason: 'stop' }] })),
    });
    expect(await answerByOpenAi(app.cache, openai, 'openai', 'Weather?')).toBe('Warm.');
    expect(contents(await app.cache.recent('openai'))).toEqual(SAID);
  });

  it('answers by LangChain', async () => {
    const chain = withHistory(app.cache, new FakeListChatModel({ responses: ['Warm.'] }));
    await chain.invoke([new HumanMessage('Weather?')], { configurable: { sessionId: 'langchain' } });
    await eventually(async () => (await app.cache.recent('langchain')).length === 2);
    expect(contents(await app.cache.recent('langchain'))).toEqual(SAID);
  });
});
