import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { RunnableWithMessageHistory } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { ContextChatMessageHistory } from '../../../lib/context/langchain.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, keysOf } from './context-app.js';

describeEachDriver('ContextChatMessageHistory', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { maxMessages: 6, ttlMs: 60_000 });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  const history = (chatId = 'c'): ContextChatMessageHistory => new ContextChatMessageHistory(app.cache, chatId);

  it('gives back the messages that it was given, in their classes', async () => {
    const turn = [
      new SystemMessage('Be kind.'),
      new HumanMessage({ content: [{ type: 'text', text: 'Weather?' }], id: 'q', name: 'ada' }),
      new AIMessage({
        content: '',
        id: 'a',
        tool_calls: [{ id: 'call-1', name: 'weather', args: { city: 'Rome' } }],
        usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
        response_metadata: { model: 'fake' },
      }),
      new ToolMessage({ content: '20 degrees', tool_call_id: 'call-1', status: 'success', artifact: { raw: [20] } }),
    ];
    await history().addMessages(turn);
    expect(await history().getMessages()).toEqual(turn);
    expect(await history('d').getMessages()).toEqual([]);
  });

  it('adds a turn by one append, and messages one by one', async () => {
    const before = await calls(server);
    await history().addMessages([new HumanMessage('1'), new AIMessage('2'), new HumanMessage('3')]);
    expect((await calls(server)) - before).toBe(1);
    await history().addUserMessage('4');
    await history().addAIMessage('5');
    await history().addMessage(new HumanMessage('6'));
    expect((await history().getMessages()).map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5', '6']);
    await history().addMessages([]);
    expect(await server.command('LLEN', keysOf('c').list)).toBe(6);
  });

  it('adds nothing of a turn that has a message which cannot be stored', async () => {
    const turn = [new HumanMessage('1'), new HumanMessage({ content: '2', additional_kwargs: { at: new Date() } })];
    await expect(history().addMessages(turn)).rejects.toMatchObject({ redisErrorKind: 'serialization' });
    expect(await history().getMessages()).toEqual([]);
  });

  it('forgets a chat', async () => {
    await history().addMessages([new HumanMessage('1')]);
    await history().clear();
    expect(await history().getMessages()).toEqual([]);
  });

  it('is the memory of a runnable, chat by chat', async () => {
    const chain = new RunnableWithMessageHistory({
      runnable: new FakeListChatModel({ responses: ['Hello Ada', 'You are Ada', 'Who?'] }),
      getMessageHistory: (chatId) => history(chatId),
    });
    const ask = async (question: string, sessionId: string, length: number): Promise<void> => {
      await chain.invoke([new HumanMessage(question)], { configurable: { sessionId } });
      // LangChain may store the turn after it has answered
      await eventually(async () => (await history(sessionId).getMessages()).length === length);
    };
    await ask('I am Ada', 'one', 2);
    await ask('Who am I?', 'one', 4);
    await ask('Who am I?', 'two', 2);
    const said = async (chatId: string): Promise<string[]> =>
      (await history(chatId).getMessages()).map(({ type, text }) => `${type}: ${text}`);
    expect(await said('one')).toEqual(['human: I am Ada', 'ai: Hello Ada', 'human: Who am I?', 'ai: You are Ada']);
    expect(await said('two')).toEqual(['human: Who am I?', 'ai: Who?']);
  });
});

/** Scripts that the server has run. */
async function calls(server: RedisTestServer): Promise<number> {
  const info = String(await server.command('INFO', 'commandstats'));
  const counts = [...info.matchAll(/cmdstat_(?:evalsha|eval|fcall):calls=(\d+)/g)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}
