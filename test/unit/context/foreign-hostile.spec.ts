import { ReadableStream } from 'node:stream/web';
import { inspect } from 'node:util';
import { HumanMessage, RemoveMessage } from '@langchain/core/messages';
import { fromModelMessages, fromOpenAiMessages, toModelMessages, toOpenAiMessages } from '../../../lib/context/ai.js';
import type { ContextMessage } from '../../../lib/context/index.js';
import { fromBaseMessages, toBaseMessages } from '../../../lib/context/langchain.js';
import { isRedisError } from '../../../lib/errors/redis.error.js';

const SECRET = 'what was said in confidence';
const FROM: [string, (content: unknown) => unknown, string][] = [
  ['the AI SDK', (content) => fromModelMessages([{ role: 'user', content }] as never), 'messages[0].content'],
  ['OpenAI', (content) => fromOpenAiMessages([{ role: 'user', content }] as never), 'messages[0].content'],
  [
    'LangChain',
    (content) => fromBaseMessages([new HumanMessage({ content: content as never })]),
    'messages[0].content',
  ],
];
const TO: [string, (messages: never) => unknown][] = [
  ['the AI SDK', toModelMessages],
  ['OpenAI', toOpenAiMessages],
  ['LangChain', toBaseMessages],
];

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}

function expectRefusal(run: () => unknown, text: string): void {
  const error = errorOf(run);
  expect(isRedisError(error, 'serialization')).toBe(true);
  expect(error.message).toContain(text);
  expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
}

function nested(levels: number): unknown {
  let value: unknown = SECRET;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
}

function cyclic(): unknown {
  const part: Record<string, unknown> = { type: 'x', note: SECRET };
  part['self'] = { part };
  return part;
}

function shared(levels: number): unknown {
  let value: unknown = [SECRET];
  for (let level = 0; level < levels; level += 1) value = [value, value];
  return value;
}

const throwing = {
  type: 'x',
  get inner(): string {
    throw new Error(SECRET);
  },
};
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();

describe.each(FROM)('messages of %s that cannot be carried', (_, convert, path) => {
  it.each([
    [
      'a function',
      [{ type: 'x', data: () => SECRET }],
      '[0].data holds what JSON cannot carry: a value of type function',
    ],
    [
      'a Date',
      [{ type: 'x', at: { made: new Date() } }],
      '[0].at.made holds what JSON cannot carry: an object that is no',
    ],
    ['a stream', [{ type: 'x', data: new ReadableStream() }], '[0].data holds what JSON cannot carry: an object that'],
    ['a Map', [{ type: 'x', data: new Map([[SECRET, 1]]) }], '[0].data holds'],
    ['a BigInt', [{ type: 'x', data: 1n }], '[0].data holds what JSON cannot carry: a value of type bigint'],
    ['NaN', [{ type: 'x', data: Number.NaN }], '[0].data holds what JSON cannot carry: a number that is not finite'],
    ['a cycle', [cyclic()], '[0].self.part holds what JSON cannot carry: a value that holds itself'],
    ['a getter that throws', [throwing], '[0] cannot be read'],
    ['a revoked proxy', [{ type: 'x', data: revoked }], '[0].data cannot be read'],
    ['a name that is a secret', [{ type: 'x', [`${'x'.repeat(60)}${SECRET}`]: () => 1 }], '[0]["xxxx'],
  ])('are refused with the path of the field: %s', (_name, content, rest) => {
    expectRefusal(() => convert(content), path + rest);
  });

  it.each([['10,000 levels', nested(10_000), 'more than']])(
    'are refused, whatever they look like: %s',
    (_name, inner, text) => {
      expectRefusal(() => convert([{ type: 'x', inner }]), text);
    },
  );

  it('keep a field named __proto__ a field', () => {
    const content = JSON.parse('[{"type":"x","__proto__":{"polluted":true},"constructor":{"prototype":1}}]') as unknown;
    expect(JSON.stringify(convert(content))).toContain('"__proto__":{"polluted":true}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe.each(TO)('messages of ours for %s', (_, convert) => {
  it.each([
    ['no list', { length: 1 }, 'messages must be a list'],
    ['no message', [SECRET], 'messages[0] must be a message'],
    ['a role that is none', [{ role: SECRET, content: '' }], 'messages[0].role must be one of'],
    ['a Date', [{ role: 'user', content: '', metadata: { at: new Date() } }], 'messages[0].metadata.at holds'],
    ['a cycle', [{ role: 'user', content: [cyclic()] }], 'messages[0].content[0].self.part holds'],
    ['10,000 levels', [{ role: 'user', content: '', metadata: { deep: nested(10_000) } }], 'more than 128 levels'],
    ['a getter that throws', [{ role: 'user', content: [throwing] }], 'messages[0].content[0] cannot be read'],
  ])('are refused when they are none: %s', (_name, messages, text) => {
    expectRefusal(() => convert(messages as never), text);
  });
});

describe('arguments that are text', () => {
  it.each(TO)('stay text where they are deeper than a message may be: %s', (_, convert) => {
    const given = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const toolCalls = [{ id: 'c', name: 'run', arguments: given }];
    const [message] = convert([{ role: 'assistant', content: '', toolCalls }] as never) as unknown[];
    expect(JSON.stringify(message)).toContain('[[[[[');
  });
});

describe('what is carried, when somebody else wrote it', () => {
  const KEY = 'nestjs-redis-hub';
  const forged = [
    null,
    'text',
    { delta: 'x' },
    { delta: { set: { content: SECRET, role: 'tool' } } },
    { delta: { cut: ['role', 'content'] } },
    { delta: { in: { content: { splice: [0, 9, ['x']] } } } },
    { delta: { set: { class: 'Object', constructor: 1, toDict: 'x', lc_kwargs: {}, type: 'ai' } } },
    { types: [{ at: ['content'], is: 'URL' }] },
    { types: [{ at: ['__proto__', 'x'], is: 'Buffer' }] },
    { joined: true },
    { answers: [null] },
    { delta: JSON.parse('{"in":{"__proto__":{"set":{"polluted":true}}},"set":{"__proto__":1}}') as unknown },
  ];

  it.each(forged.map((value) => [JSON.stringify(value), value]))('is metadata like any other: %s', (_, value) => {
    for (const form of ['ai', 'openai', 'langchain']) {
      const messages = [
        { role: 'user', content: 'Hi', metadata: { [KEY]: { [form]: value } } },
        { role: 'tool', content: 'Hi', toolCallId: 'c', metadata: { [KEY]: { [form]: value } } },
      ] as ContextMessage[];
      const model = toModelMessages(messages);
      const openAi = toOpenAiMessages(messages);
      const base = toBaseMessages(messages);
      expect(JSON.stringify([model, openAi].map((list) => list.map(({ role }) => role)))).toBe(
        JSON.stringify([model, openAi].map(() => ['user', 'tool'])),
      );
      expect(base.map((message) => [message.getType(), message.text, typeof message.toDict])).toEqual([
        ['human', 'Hi', 'function'],
        ['tool', 'Hi', 'function'],
      ]);
      expect(fromModelMessages(model)).toEqual(messages);
      expect(fromOpenAiMessages(openAi)).toEqual(messages);
      expect(fromBaseMessages(base)).toEqual(messages);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is no message, or no end of one', () => {
  it('is refused after a million values', () => {
    const parts = [{ type: 'x', inner: shared(60) }];
    expectRefusal(() => fromModelMessages([{ role: 'user', content: parts }] as never), 'more than 1000000 values');
  });

  it('is refused, an order to delete one too', () => {
    expectRefusal(
      () => fromBaseMessages([new RemoveMessage({ id: 'x' })]),
      'messages[0] must be a message of LangChain',
    );
    expectRefusal(() => fromBaseMessages([{ type: 'human', content: '' }] as never), 'messages[0] must be a message');
  });
});
