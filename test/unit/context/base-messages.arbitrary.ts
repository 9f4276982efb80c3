import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  ChatMessageChunk,
  FunctionMessage,
  HumanMessage,
  HumanMessageChunk,
  SystemMessage,
  SystemMessageChunk,
  ToolMessage,
  ToolMessageChunk,
} from '@langchain/core/messages';
import type { BaseMessage } from '@langchain/core/messages';
import * as fc from 'fast-check';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const id = fc.oneof(fc.constantFrom('call-1', 'call-2'), text);
// as it comes out of a text: JSON has no -0
const json = fc.json({ maxDepth: 2 }).map((written) => JSON.parse(written) as unknown);
const record = fc.dictionary(text, json, { maxKeys: 2 });
const block = fc.oneof(
  text.map((words) => ({ type: 'text', text: words })),
  text.map((url) => ({ type: 'image_url', image_url: { url } })),
  fc.uint8Array({ maxLength: 5 }).map((data) => ({ type: 'image', mimeType: 'image/png', data })),
  text.map((data) => ({
    type: 'file',
    source_type: 'base64',
    mime_type: 'text/csv',
    data,
    metadata: { filename: 'a' },
  })),
  text.map((reasoning) => ({ type: 'reasoning', reasoning })),
  record.map((fields) => ({ ...fields, type: 'tool_use', id: 'call-1' })),
);
const blocks = fc.array(block, { maxLength: 3 });
const content = fc.oneof(text, blocks);
const additional_kwargs = fc.record(
  { function_call: fc.record({ name: text, arguments: text }), audio: record, refusal: text },
  { requiredKeys: [] },
);
const base = { content, id, name: text, additional_kwargs, response_metadata: record };
const call = fc.record(
  { name: text, args: record, id, type: fc.constant('tool_call') },
  { requiredKeys: ['name', 'args'] },
);
const invalid = fc.record(
  { name: text, args: text, id, error: text, type: fc.constant('invalid_tool_call') },
  { requiredKeys: [] },
);
const usage_metadata = fc.record({ input_tokens: fc.nat(), output_tokens: fc.nat(), total_tokens: fc.nat() });
const spoken = { ...base, tool_calls: fc.array(call, { maxLength: 3 }), usage_metadata };
const answer = {
  ...base,
  tool_call_id: id,
  status: fc.constantFrom('success', 'error'),
  artifact: json,
  metadata: record,
};
const chunk = fc.record({ name: text, args: text, id, index: fc.nat(3), type: fc.constant('tool_call_chunk') });

type Made = new (fields: never) => BaseMessage;

function made(Class: Made, fields: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) {
  return fc.record(fields, { requiredKeys: ['content', ...required] }).map((given) => new Class(given as never));
}

/** Any message of LangChain that says something, whole or in a chunk, made as its packages make them. */
export const anyBaseMessage: fc.Arbitrary<BaseMessage> = fc.oneof(
  text.map((words) => new HumanMessage(words)),
  text.map((words) => new AIMessage(words)),
  made(HumanMessage, base),
  made(SystemMessage, base),
  made(AIMessage, { ...spoken, invalid_tool_calls: fc.array(invalid, { maxLength: 2 }) }),
  made(ToolMessage, answer, ['tool_call_id']),
  made(ChatMessage, { ...base, role: fc.oneof(fc.constantFrom('user', 'assistant', 'developer', 'critic'), text) }, [
    'role',
  ]),
  made(FunctionMessage, base, ['name']),
  made(AIMessageChunk, { ...spoken, tool_call_chunks: fc.array(chunk, { maxLength: 2 }) }),
  made(HumanMessageChunk, base),
  made(SystemMessageChunk, base),
  made(ToolMessageChunk, answer, ['tool_call_id']),
  made(ChatMessageChunk, { ...base, role: text }, ['role']),
  // as a model gives it that was asked for LangChain's own form of content
  made(AIMessage, { ...spoken, content: blocks, response_metadata: fc.constant({ output_version: 'v1' }) }, [
    'response_metadata',
  ]),
);
