import { AIMessage, AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages';
import type { ModelMessage } from 'ai';
import { fromModelMessages, fromOpenAiMessages, toModelMessages, toOpenAiMessages } from '../../../lib/context/ai.js';
import type { OpenAiMessage } from '../../../lib/context/ai.js';
import type { ContextMessage } from '../../../lib/context/index.js';
import { fromBaseMessages, toBaseMessages } from '../../../lib/context/langchain.js';

const KEY = 'nestjs-redis-hub';
const PIXEL = 'iVBORw0KGgo=';

const TURN: ContextMessage[] = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Weather in Rome?' },
  { role: 'assistant', content: 'I look.', toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Rome' } }] },
  { role: 'tool', content: '20 degrees', toolCallId: 'c1', name: 'weather' },
  { role: 'assistant', content: 'It is warm.' },
];

function imagesOf(content: unknown): unknown[] {
  return (content as { image: unknown }[]).map(({ image }) => image);
}

describe('a turn of ours', () => {
  it('is a plain one of the AI SDK', () => {
    expect(toModelMessages(TURN)).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Weather in Rome?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Rome' } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', output: { type: 'text', value: '20 degrees' } },
        ],
      },
      { role: 'assistant', content: 'It is warm.' },
    ]);
  });

  it('is a plain one of OpenAI, of which nothing else is sent', () => {
    const labelled = TURN.map((message, index) => ({ ...message, id: `m${index}`, metadata: { of: 'mine' } }));
    const sent = JSON.parse(JSON.stringify(toOpenAiMessages(labelled))) as unknown;
    expect(sent).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Weather in Rome?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
      { role: 'tool', content: '20 degrees', tool_call_id: 'c1' },
      { role: 'assistant', content: 'It is warm.' },
    ]);
  });

  it('is a plain one of LangChain', () => {
    const messages = toBaseMessages(TURN);
    expect(messages.map((message) => [message.getType(), message.text])).toEqual([
      ['system', 'Be kind.'],
      ['human', 'Weather in Rome?'],
      ['ai', 'I look.'],
      ['tool', '20 degrees'],
      ['ai', 'It is warm.'],
    ]);
    expect((messages[2] as AIMessage).tool_calls).toEqual([
      { id: 'c1', name: 'weather', args: { city: 'Rome' }, type: 'tool_call' },
    ]);
    expect((messages[3] as ToolMessage).tool_call_id).toBe('c1');
  });
});

describe('messages that came from one form', () => {
  it('say the same in the others', () => {
    const own = fromOpenAiMessages([
      { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'A dot' },
    ]);
    expect(toModelMessages(own).map(({ content }) => content)).toEqual([
      [{ type: 'image', image: PIXEL, mediaType: 'image/png' }],
      [{ type: 'tool-call', toolCallId: 'c1', toolName: 'look', input: { at: 1 } }],
      [{ type: 'tool-result', toolCallId: 'c1', toolName: 'look', output: { type: 'text', value: 'A dot' } }],
    ]);
    expect(toBaseMessages(own)[1]).toMatchObject({ tool_calls: [{ id: 'c1', name: 'look', args: { at: 1 } }] });
  });

  it('show an image and a file of the AI SDK to the others', () => {
    const own = fromModelMessages([
      {
        role: 'user',
        content: [
          { type: 'image', image: Buffer.from(PIXEL, 'base64') },
          { type: 'file', data: new URL('https://example.org/a.png'), mediaType: 'image/png' },
          { type: 'file', data: PIXEL, mediaType: 'audio/mpeg' },
        ],
      },
    ]);
    const images = [`data:image/png;base64,${PIXEL}`, 'https://example.org/a.png'].map((url) => ({
      type: 'image_url',
      image_url: { url },
    }));
    expect(toOpenAiMessages(own)[0]?.content).toEqual([
      ...images,
      { type: 'input_audio', input_audio: { data: PIXEL, format: 'mp3' } },
    ]);
    expect(toBaseMessages(own)[0]?.content).toEqual([
      ...images,
      { type: 'audio', source_type: 'base64', data: PIXEL, mime_type: 'audio/mpeg' },
    ]);
  });

  it('tell an error of a tool as one', () => {
    const own = fromBaseMessages([
      new AIMessage({ content: '', tool_calls: [{ id: 'c1', name: 'look', args: {} }] }),
      new ToolMessage({ content: 'No eyes', tool_call_id: 'c1', status: 'error' }),
    ]);
    expect(toModelMessages(own)[1]?.content).toMatchObject([
      { toolName: 'look', output: { type: 'error-text', value: 'No eyes' } },
    ]);
    expect(toOpenAiMessages(own)[1]).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      content: [{ type: 'text', text: 'No eyes' }],
    });
  });

  it('carry a refusal as what was said', () => {
    const own = fromOpenAiMessages([{ role: 'assistant', content: null, refusal: 'I will not.' }]);
    expect(toModelMessages(own)[0]?.content).toEqual([{ type: 'text', text: 'I will not.' }]);
    expect(toBaseMessages(own)[0]?.text).toBe('I will not.');
  });

  it('pair the call of a function without id with its answer', () => {
    const own = fromOpenAiMessages([
      { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{}' } },
      { role: 'function', name: 'look', content: 'A dot' },
    ]);
    expect(own).toMatchObject([{ toolCalls: [{ id: 'look', name: 'look' }] }, { role: 'tool', toolCallId: 'look' }]);
  });
});

describe('messages of the AI SDK', () => {
  const answers: ModelMessage = {
    role: 'tool',
    content: ['c1', 'c2'].map((toolCallId) => ({
      type: 'tool-result',
      toolCallId,
      toolName: 'look',
      output: { type: 'json', value: { dots: [1] } },
    })),
  };

  it('with several results are several of ours, and one again', () => {
    const own = fromModelMessages([answers]);
    expect(own).toMatchObject([{ toolCallId: 'c1' }, { toolCallId: 'c2' }]);
    expect(own[0]?.content).toEqual([{ type: 'json', value: { dots: [1] } }]);
    expect(toModelMessages(own)).toEqual([answers]);
    const labelled = own.map((message, index) => ({ ...message, id: `m${index}` }));
    expect(toModelMessages(labelled)).toMatchObject([answers]);
    expect(fromModelMessages(toModelMessages(labelled))).toEqual(labelled);
  });

  it('with a result whose fellow was trimmed are messages still', () => {
    const [, second] = fromModelMessages([answers]);
    const rest = [second as ContextMessage];
    const [message] = toModelMessages(rest);
    expect(message?.content).toEqual([answers.content[1]]);
    expect(fromModelMessages([message as ModelMessage])).toEqual(rest);
  });

  it('keep bytes and URLs in their types, as text in between', () => {
    const bytes = Uint8Array.of(1, 2, 255);
    const content = [bytes, Buffer.from(bytes), bytes.buffer, new URL('https://example.org/a.png'), 'AQL/'].map(
      (image) => ({
        type: 'image' as const,
        image,
      }),
    );
    const own = fromModelMessages([{ role: 'user', content }]);
    expect(imagesOf(own[0]?.content)).toEqual(['AQL/', 'AQL/', 'AQL/', 'https://example.org/a.png', 'AQL/']);
    const [back] = toModelMessages(JSON.parse(JSON.stringify(own)) as ContextMessage[]);
    const types = imagesOf(back?.content).map((image) => (image as object).constructor);
    expect(types).toEqual([Uint8Array, Buffer, ArrayBuffer, URL, String]);
    expect(back).toEqual({ role: 'user', content });
  });

  it('know the place of a call between words, and what a provider noted beside it', () => {
    const messages: ModelMessage[] = [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm', providerOptions: { anthropic: { signature: 's' } } },
          {
            type: 'tool-call',
            toolCallId: 'c1',
            toolName: 'look',
            input: {},
            providerOptions: { google: { thought: 't' } },
          },
          { type: 'text', text: 'There.' },
        ],
      },
    ];
    const own = fromModelMessages(messages);
    expect(own[0]).toMatchObject({ toolCalls: [{ id: 'c1', name: 'look', arguments: {} }] });
    expect(own[0]?.metadata).toBeUndefined();
    expect(toModelMessages(own)).toEqual(messages);
  });

  it('answer a request for approval under the call that it is about', () => {
    const own = fromModelMessages([
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: 'c1', toolName: 'delete', input: {} },
          { type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'c1' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-approval-response', approvalId: 'a1', approved: false }] },
    ]);
    expect(own[1]).toMatchObject({ role: 'tool', toolCallId: 'c1' });
  });
});

describe('a message that was changed after its conversion', () => {
  it('is converted as it is now, and keeps what labels it', () => {
    const own: ContextMessage = {
      role: 'user',
      content: [
        { type: 'widget', x: 1 },
        { type: 'text', text: 'old' },
      ],
      id: 'u',
    };
    const [shown] = toModelMessages([own]);
    const changed = { ...shown, content: 'new' } as ModelMessage;
    expect(fromModelMessages([changed])).toEqual([{ role: 'user', content: 'new', id: 'u' }]);
  });

  it('is never what it was before, where that was carried', () => {
    const [own] = fromOpenAiMessages([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'run', input: 'secret' } }],
      },
    ]);
    const redacted = { ...own, toolCalls: [{ id: 'c', name: 'run', arguments: 'redacted' }] } as ContextMessage;
    const [message] = toOpenAiMessages([redacted]);
    expect(message).toMatchObject({ tool_calls: [{ id: 'c', type: 'function', function: { arguments: 'redacted' } }] });
    expect(fromOpenAiMessages([message as OpenAiMessage])).toEqual([redacted]);
  });

  it('has the arguments that it was given since', () => {
    const own: ContextMessage = {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'c', name: 'run', arguments: '{"at": 1}' }],
      id: 'a',
    };
    const shown = toModelMessages([own]);
    expect(fromModelMessages(shown)).toEqual([own]);
    const changed = JSON.parse(JSON.stringify(shown).replace('"input":{"at":1}', '"input":{"at":2}')) as ModelMessage[];
    expect(fromModelMessages(changed)).toEqual([
      { ...own, toolCalls: [{ id: 'c', name: 'run', arguments: { at: 2 } }] },
    ]);
  });

  it('is told from one without settings, where its settings are empty', () => {
    const [own] = fromModelMessages([{ role: 'user', content: 'Hi', providerOptions: {} }]);
    const labelled = { ...own, id: 'u' } as ContextMessage;
    expect(fromModelMessages(toModelMessages([labelled]))).toEqual([labelled]);
  });

  it('keeps the settings that were added for a provider', () => {
    const [message] = toModelMessages([{ role: 'user', content: 'Hi', id: 'u' }]);
    const cached = { ...message, providerOptions: { ...message?.providerOptions, anthropic: { cacheControl: {} } } };
    const own = fromModelMessages([cached as ModelMessage]);
    expect(own).toMatchObject([{ content: 'Hi', id: 'u' }]);
    expect(toModelMessages(own)).toEqual([cached]);
  });
});

describe('messages of LangChain', () => {
  it('have a call that is invalid as one of ours, so that its answer is none without a call', () => {
    const messages = [
      new AIMessage({
        content: '',
        invalid_tool_calls: [{ id: 'c1', name: 'look', args: '{"at', error: 'Malformed.' }],
      }),
      new ToolMessage({ content: 'Try again', tool_call_id: 'c1' }),
    ];
    const own = fromBaseMessages(messages);
    expect(own[0]).toMatchObject({ toolCalls: [{ id: 'c1', name: 'look', arguments: '{"at' }] });
    expect(toBaseMessages(own)).toEqual(messages);
  });

  it('may be the sum of chunks', () => {
    const chunks = ['{"at":', '1}'].map(
      (args) => new AIMessageChunk({ content: 'x', tool_call_chunks: [{ index: 0, id: 'c1', name: 'look', args }] }),
    );
    const sum = chunks.reduce((one, other) => one.concat(other));
    const [back] = toBaseMessages(JSON.parse(JSON.stringify(fromBaseMessages([sum]))) as ContextMessage[]);
    expect(back).toBeInstanceOf(AIMessageChunk);
    expect(back?.toDict()).toEqual(sum.toDict());
    expect((back as AIMessageChunk).concat(new AIMessageChunk('y')).text).toBe('xxy');
  });

  it('have what they have no place for under one key', () => {
    const [message] = toBaseMessages([{ role: 'user', content: 'Hi', createdAt: '2026-01-02', metadata: { a: 1 } }]);
    expect(Object.keys(message?.additional_kwargs ?? {})).toEqual([KEY]);
    expect(toBaseMessages([{ role: 'user', content: 'Hi', id: 'u', name: 'ada' }])).toEqual([
      new HumanMessage({ content: 'Hi', id: 'u', name: 'ada' }),
    ]);
  });
});
