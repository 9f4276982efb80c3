import type { ContextMessage } from '../../../lib/context/index.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { ContextApp, contents, keysOf } from './context-app.js';

/** Weighs what it says it weighs: its content is a number. */
const weight = (tokens: number, fields: Partial<ContextMessage> = {}): ContextMessage =>
  ({ role: 'user', content: `${tokens}`, ...fields }) as ContextMessage;
const countTokens = ({ content }: ContextMessage): number => Number(content);
const call = (id: string): ContextMessage =>
  weight(10, { role: 'assistant', toolCalls: [{ id, name: 'look', arguments: {} }] });
const result = (toolCallId: string): ContextMessage => weight(10, { role: 'tool', toolCallId });

describeEachDriver('a context that counts tokens', (driver) => {
  let server: RedisTestServer;
  let app: ContextApp;
  let capped: ContextApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = await ContextApp.start(driver, server, { maxMessages: 20, countTokens });
    capped = await ContextApp.start(driver, server, { maxMessages: 5, maxTokens: 100, countTokens });
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));
  afterAll(async () => {
    await Promise.all([app.stop(), capped.stop()]);
    await server.stop();
  });

  const stored = async (): Promise<unknown> => server.command('LLEN', keysOf('c').list);
  const tokensOf = async (): Promise<number> => Number(await server.command('HGET', keysOf('c').hash, 't'));

  it('gives the longest end of the chat that fits', async () => {
    await app.cache.append(
      'c',
      [5, 40, 30, 20, 10].map((tokens) => weight(tokens)),
    );
    for (const [maxTokens, expected] of [
      [9, []],
      [10, ['10']],
      [59, ['20', '10']],
      [60, ['30', '20', '10']],
      [105, ['5', '40', '30', '20', '10']],
    ] as const) {
      expect(contents(await app.cache.window('c', { maxTokens }))).toEqual(expected);
    }
    expect(contents(await app.cache.window('c', { maxTokens: 60, maxMessages: 2 }))).toEqual(['20', '10']);
    expect(await app.cache.read('c', { maxTokens: 60 })).toMatchObject({ tokens: 60, hit: true });
  });

  it('never begins with a result whose call is cut', async () => {
    await app.cache.append('c', [weight(10), call('a'), result('a'), result('a'), weight(10)]);
    expect(contents(await app.cache.window('c', { maxTokens: 40 }))).toHaveLength(4);
    expect(contents(await app.cache.window('c', { maxTokens: 30 }))).toEqual(['10']);
  });

  it('keeps both caps exactly, the newest first', async () => {
    expect(
      await capped.cache.append(
        'c',
        [60, 30].map((tokens) => weight(tokens)),
      ),
    ).toMatchObject({ trimmed: 0 });
    expect(await capped.cache.append('c', weight(11))).toMatchObject({ stored: 1, trimmed: 1, length: 2, sequence: 3 });
    expect(await tokensOf()).toBe(41);
    expect(
      await capped.cache.append(
        'c',
        [59, 1].map((tokens) => weight(tokens)),
      ),
    ).toMatchObject({ trimmed: 1 });
    expect(contents(await capped.cache.recent('c'))).toEqual(['11', '59', '1']);
    await capped.cache.append(
      'c',
      [1, 1, 1, 1].map((tokens) => weight(tokens)),
    );
    expect(await stored()).toBe(5);
    expect(await tokensOf()).toBe(5);
  });

  it('keeps the cap of a turn that is more than it', async () => {
    await capped.cache.append(
      'c',
      [90, 50, 45].map((tokens) => weight(tokens)),
    );
    expect(contents(await capped.cache.recent('c'))).toEqual(['50', '45']);
  });

  it('refuses a message that no cap would let in, and stores nothing of its turn', async () => {
    await expect(capped.cache.append('c', [weight(1), weight(101)])).rejects.toMatchObject({
      redisErrorKind: 'serialization',
      message: expect.stringContaining('messages[1] has 101 tokens, and maxTokens is 100'),
    });
    expect(await stored()).toBe(0);
  });

  it('counts anew what a stranger took, or what was stored before there was a cap', async () => {
    await app.cache.append(
      'c',
      [90, 80, 5].map((tokens) => weight(tokens)),
    );
    expect(await server.command('HEXISTS', keysOf('c').hash, 't')).toBe(0);
    await capped.cache.append('c', weight(1));
    expect(contents(await capped.cache.recent('c'))).toEqual(['80', '5', '1']);
    await server.command('RPOP', keysOf('c').list);
    await capped.cache.append('c', weight(90));
    expect(contents(await capped.cache.recent('c'))).toEqual(['5', '1', '90']);
    expect(await tokensOf()).toBe(96);
  });

  it('is not loaded again and again where the cap of tokens keeps it short', async () => {
    let loads = 0;
    const loader = (): ContextMessage[] => {
      loads += 1;
      return [60, 50, 40].map((tokens) => weight(tokens, { id: `${tokens}` }));
    };
    const loaded = await ContextApp.start(driver, server, { maxTokens: 100, countTokens, loader });
    for (let read = 0; read < 3; read += 1) expect(contents(await loaded.cache.recent('c'))).toContain('40');
    expect(loads).toBe(1);
    expect(contents(await loaded.cache.recent('c'))).toEqual(['50', '40']);
    await loaded.stop();
  });

  it('widens a window by what could not be read', async () => {
    await app.cache.append(
      'c',
      [10, 10, 10].map((tokens) => weight(tokens)),
    );
    await server.command('LSET', keysOf('c').list, 0, '3:10:{"role":"us');
    expect(await app.cache.read('c', { maxTokens: 20 })).toMatchObject({
      messages: { length: 2 },
      corrupt: 1,
      tokens: 20,
    });
  });

  it.each([0, -1, 1.5, Number.NaN, '5' as unknown as number])('refuses maxTokens %p by its name', async (maxTokens) => {
    for (const call of [app.cache.window('c', { maxTokens }), app.cache.read('c', { maxTokens })]) {
      await expect(call).rejects.toMatchObject({
        redisErrorKind: 'configuration',
        message: expect.stringContaining('maxTokens must be an integer of at least 1'),
      });
    }
  });

  it.each([-1, 0.5, Number.NaN, '3', undefined])('tells a count of %p, and stores nothing', async (count) => {
    const wrong = await ContextApp.start(driver, server, { countTokens: () => count as number });
    const said = 'countTokens must give an integer from 0';
    await expect(wrong.cache.append('c', weight(1))).rejects.toMatchObject({
      redisErrorKind: 'serialization',
      message: expect.stringContaining(said),
    });
    expect(await stored()).toBe(0);
    await wrong.stop();
  });

  it('tells that countTokens threw, without what it said', async () => {
    const countTokens = (): number => {
      throw new TypeError('secret content');
    };
    const wrong = await ContextApp.start(driver, server, { countTokens });
    const error: unknown = await wrong.cache.append('c', weight(1)).catch((reason: unknown) => reason);
    expect((error as Error).message).toContain('countTokens threw TypeError');
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('secret');
    await wrong.stop();
  });

  describe('pins a system message', () => {
    const system = { role: 'system', content: '15' } as const;

    it('before every read, outside the caps and inside the budget', async () => {
      await capped.cache.pinSystem('c', '15');
      await capped.cache.append(
        'c',
        [50, 50].map((tokens) => weight(tokens)),
      );
      expect(contents(await capped.cache.recent('c'))).toEqual(['15', '50', '50']);
      expect(await capped.cache.recent('c', 1)).toEqual([system, weight(50)]);
      expect(contents(await capped.cache.window('c', { maxTokens: 65 }))).toEqual(['15', '50']);
      expect(contents(await capped.cache.window('c', { maxTokens: 64 }))).toEqual(['15']);
      await expect(capped.cache.window('c', { maxTokens: 14 })).rejects.toMatchObject({
        redisErrorKind: 'configuration',
        message: expect.stringContaining('the pinned system message alone has 15 tokens'),
      });
    });

    it('that stays through a clear, is replaced, and taken away', async () => {
      await app.cache.pinSystem('c', system);
      expect(await app.cache.read('c')).toMatchObject({ messages: [system], hit: true });
      await app.cache.append('c', weight(1));
      expect(await app.cache.clear('c')).toBe(true);
      expect(await app.cache.recent('c')).toEqual([system]);
      expect(await server.command('PTTL', keysOf('c').hash)).toBeGreaterThan(0);
      await app.cache.pinSystem('c', '16');
      expect(contents(await app.cache.recent('c'))).toEqual(['16']);
      await app.cache.pinSystem('c', undefined);
      expect(await app.cache.recent('c')).toEqual([]);
    });

    it('and nothing else', async () => {
      const wrong = { role: 'user', content: '1' } as unknown as typeof system;
      await expect(app.cache.pinSystem('c', wrong)).rejects.toMatchObject({
        redisErrorKind: 'serialization',
        message: expect.stringContaining('message.role must be system'),
      });
    });
  });
});
