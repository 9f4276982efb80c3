import * as fc from 'fast-check';
import type { ContextMessage, JsonValue, MessagePart } from '../../../lib/context/index.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 10 });
const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }) as fc.Arbitrary<JsonValue>;
const record = fc.dictionary(text, json, { maxKeys: 3 });
const part: fc.Arbitrary<MessagePart> = fc.oneof(
  text.map((words) => ({ type: 'text', text: words })),
  record.map((fields) => ({ ...fields, type: 'image' })),
);
const fields = fc.record(
  {
    content: fc.oneof(text, fc.array(part, { maxLength: 3 })),
    id: name,
    name,
    createdAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    metadata: record,
  },
  { requiredKeys: ['content'] },
);
const toolCall = fc.record({ id: name, name, arguments: json });

/** Any message that the cache takes. */
export const anyMessage: fc.Arbitrary<ContextMessage> = fc.oneof(
  fields.map((rest) => ({ ...rest, role: 'system' as const })),
  fields.map((rest) => ({ ...rest, role: 'user' as const })),
  fc
    .tuple(fields, fc.option(fc.array(toolCall, { maxLength: 3 }), { nil: undefined }))
    .map(([rest, toolCalls]) => ({ ...rest, role: 'assistant' as const, ...(toolCalls && { toolCalls }) })),
  fc.tuple(fields, name).map(([rest, toolCallId]) => ({ ...rest, role: 'tool' as const, toolCallId })),
);
