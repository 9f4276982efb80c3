import * as fc from 'fast-check';
import type OpenAI from 'openai';
import { assertMessages } from '../../../lib/context/assert-messages.js';
import { fromOpenAiMessages, toOpenAiMessages } from '../../../lib/context/ai.js';
import type { OpenAiMessage } from '../../../lib/context/ai.js';
import { anyMessage } from './messages.arbitrary.js';

type Param = OpenAI.ChatCompletionMessageParam;

const RUNS = { numRuns: 150 };
const text = fc.string({ unit: 'binary', maxLength: 12 });
const id = fc.oneof(fc.constantFrom('call-1', 'call-2'), text);
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const textPart = text.map((words) => ({ type: 'text' as const, text: words }));
const texts = fc.oneof(text, fc.array(textPart, { maxLength: 3 }));
const refusal = text.map((words) => ({ type: 'refusal' as const, refusal: words }));
const userPart = fc.oneof(
  textPart,
  fc.record({ url: text, detail: some(fc.constantFrom('auto', 'low', 'high')) }).map((image) => ({
    type: 'image_url' as const,
    image_url: image,
    prompt_cache_breakpoint: { mode: 'explicit' as const },
  })),
  fc.record({ data: text, format: fc.constantFrom('wav', 'mp3') }).map((audio) => ({
    type: 'input_audio' as const,
    input_audio: audio,
  })),
  fc.record({ file_data: some(text), file_id: some(text), filename: some(text) }).map((file) => ({
    type: 'file' as const,
    file,
  })),
);
const called = fc.record({ name: text, arguments: fc.oneof(text, fc.json({ maxDepth: 1 })) });
const toolCall = fc.oneof(
  fc.record({ id, type: fc.constant('function'), function: called }),
  fc.record({ id, type: fc.constant('custom'), custom: fc.record({ name: text, input: text }) }),
);
/** Any message that the types of OpenAI's package take. */
const anyParam = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: texts, name: some(text) }),
  fc.record({
    role: fc.constant('user'),
    content: fc.oneof(text, fc.array(userPart, { maxLength: 4 })),
    name: some(text),
  }),
  fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.oneof(texts, fc.array(refusal, { maxLength: 2 }), fc.constant(null)),
      name: text,
      refusal: fc.oneof(text, fc.constant(null)),
      audio: fc.oneof(fc.record({ id: text }), fc.constant(null)),
      function_call: fc.oneof(called, fc.constant(null)),
      tool_calls: fc.array(toolCall, { maxLength: 3 }),
    },
    { requiredKeys: ['role'] },
  ),
  fc.record({ role: fc.constant('tool'), content: texts, tool_call_id: id }),
  fc.record({ role: fc.constant('function'), content: fc.oneof(text, fc.constant(null)), name: text }),
) as fc.Arbitrary<Param>;

describe('chat messages of OpenAI', () => {
  it('come back as they were, in the types of its package', () => {
    fc.assert(
      fc.property(fc.array(anyParam, { maxLength: 4 }), (messages) => {
        const own = fromOpenAiMessages(messages);
        expect(() => assertMessages(own, 'test')).not.toThrow();
        const back: Param[] = toOpenAiMessages(JSON.parse(JSON.stringify(own)) as never);
        expect(back).toEqual(messages);
      }),
      RUNS,
    );
  });

  it('are what ours come back from', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        const foreign: OpenAiMessage[] = toOpenAiMessages(messages);
        expect(fromOpenAiMessages(foreign)).toEqual(messages);
      }),
      RUNS,
    );
  });
});
