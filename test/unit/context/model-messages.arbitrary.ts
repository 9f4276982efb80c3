import type { ModelMessage } from 'ai';
import * as fc from 'fast-check';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const id = fc.oneof(fc.constantFrom('call-1', 'call-2', 'call-3'), fc.string({ maxLength: 6 }));
// as it comes out of a text: JSON has no -0
const json = fc.json({ maxDepth: 2 }).map((written) => JSON.parse(written) as unknown);
const record = fc.dictionary(text, json, { maxKeys: 2 });
const providerOptions = fc.dictionary(fc.constantFrom('openai', 'google', '__proto__', 'x y'), record, { maxKeys: 2 });
const bytes = fc.uint8Array({ maxLength: 8 });
const url = fc.webUrl().map((address) => new URL(address));
const data = fc.oneof(
  text,
  bytes,
  bytes.map((some) => Buffer.from(some)),
  bytes.map((some) => Uint8Array.from(some).buffer),
  url,
);

/** A record of which every field that is not `type` or required may be missing. */
function part(type: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>, required: string[]) {
  const all: Record<string, fc.Arbitrary<unknown>> = { ...fields, providerOptions };
  return fc.record(all, { requiredKeys: required }).map((rest) => ({ type, ...rest }));
}

const textPart = part('text', { text }, ['text']);
const image = part('image', { image: data, mediaType: text }, ['image']);
const file = part('file', { data, mediaType: text, filename: text }, ['data', 'mediaType']);
const reasoning = part('reasoning', { text }, ['text']);
const toolCall = part('tool-call', { toolCallId: id, toolName: text, input: json, providerExecuted: fc.boolean() }, [
  'toolCallId',
  'toolName',
  'input',
]);
const outputPart = fc.oneof(
  textPart,
  fc.record({ type: fc.constant('media'), data: text, mediaType: text }),
  part('file-data', { data: text, mediaType: text, filename: text }, ['data', 'mediaType']),
  part('file-url', { url: text, mediaType: text }, ['url']),
  part('file-id', { fileId: fc.oneof(text, fc.dictionary(text, text, { maxKeys: 2 })) }, ['fileId']),
  part('image-data', { data: text, mediaType: text }, ['data', 'mediaType']),
  part('image-url', { url: text }, ['url']),
  part('custom', {}, []),
);
const output = fc.oneof(
  part('text', { value: text }, ['value']),
  part('json', { value: json }, ['value']),
  part('error-text', { value: text }, ['value']),
  part('error-json', { value: json }, ['value']),
  part('execution-denied', { reason: text }, []),
  part('content', { value: fc.array(outputPart, { maxLength: 3 }) }, ['value']),
);
const toolResult = part('tool-result', { toolCallId: id, toolName: text, output }, [
  'toolCallId',
  'toolName',
  'output',
]);
const request = fc.record(
  {
    type: fc.constant('tool-approval-request'),
    approvalId: id,
    toolCallId: id,
    signature: text,
    inputSchemaInput: json,
  },
  { requiredKeys: ['type', 'approvalId', 'toolCallId'] },
);
const response = fc.record(
  { type: fc.constant('tool-approval-response'), approvalId: id, approved: fc.boolean(), reason: text },
  { requiredKeys: ['type', 'approvalId', 'approved'] },
);

function message(role: string, content: fc.Arbitrary<unknown>) {
  return fc
    .record({ content, providerOptions }, { requiredKeys: ['content'] })
    .map((rest) => ({ role, ...rest }) as ModelMessage);
}

function contentOf(...parts: fc.Arbitrary<unknown>[]) {
  return fc.oneof(text, fc.array(fc.oneof(...parts), { maxLength: 5 }));
}

/** Any message that the AI SDK takes, its binary data in each of its types. */
export const anyModelMessage: fc.Arbitrary<ModelMessage> = fc.oneof(
  message('system', text),
  message('user', contentOf(textPart, image, file)),
  message('assistant', contentOf(textPart, file, reasoning, toolCall, toolCall, toolResult, request)),
  message('tool', fc.array(fc.oneof(toolResult, toolResult, response), { maxLength: 4 })),
);
