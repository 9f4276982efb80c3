import type {
  AssistantMessage,
  ContextMessage,
  JsonValue,
  MessagePart,
  ToolCall,
} from '../context-message.interface.js';
import type { MessageForm } from '../conversion/convert-message.js';
import { fieldOf, isJsonRecord, listField, recordField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { assistantPart, openAiContent, refusalOf, userPart, wordsPart } from './openai-parts.js';

/** Stands where the other form has no id or name, and ours wants one. */
const NONE = '-';

/** What the API takes for a name; another one is carried, and not sent. */
const NAME = /^[^\s<|\\/>]{1,64}$/;

/** A chat message of OpenAI. @internal */
export const OPENAI_MESSAGE: MessageForm = {
  name: 'openai',

  toForeign(message) {
    const name = message.name !== undefined && NAME.test(message.name) ? message.name : undefined;
    switch (message.role) {
      case 'system':
        return recordOf({ role: 'system', content: openAiContent(message.content, wordsPart), name });
      case 'user':
        return recordOf({ role: 'user', content: openAiContent(message.content, userPart), name });
      case 'assistant':
        return recordOf({ role: 'assistant', ...saidBy(message), name });
      case 'tool': {
        const content = openAiContent(message.content, wordsPart);
        return { role: 'tool', tool_call_id: message.toolCallId, content };
      }
    }
  },

  toContext(foreign) {
    const labels = labelsOf(foreign);
    switch (foreign['role']) {
      case 'assistant':
        return { role: 'assistant', ...heardFrom(foreign), ...labels };
      case 'tool':
        return { role: 'tool', toolCallId: textField(foreign, 'tool_call_id') || NONE, content: contentOf(foreign) };
      case 'function': {
        const toolCallId = textField(foreign, 'name') || NONE;
        return { role: 'tool', toolCallId, content: contentOf(foreign), ...labels };
      }
      default:
        return { role: foreign['role'] === 'user' ? 'user' : 'system', content: contentOf(foreign), ...labels };
    }
  },
};

/** A message that only calls tools has no content, as in the API's own answers. */
function saidBy({ content, toolCalls = [] }: AssistantMessage): JsonRecord {
  const refusal = typeof content !== 'string' && content.length === 1 ? refusalOf(content[0] as JsonRecord) : undefined;
  const said = openAiContent(content, assistantPart);
  const isSilent = refusal !== undefined || (said === '' && toolCalls.length > 0);
  return recordOf({
    content: isSilent ? null : said,
    refusal,
    tool_calls: toolCalls.length === 0 ? undefined : toolCalls.map(toolCallPart),
  });
}

function toolCallPart({ id, name, arguments: given }: ToolCall): JsonRecord {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  return { id, type: 'function', function: { name, arguments: text } };
}

function heardFrom(foreign: JsonRecord): Pick<AssistantMessage, 'content' | 'toolCalls'> {
  const refusal = textField(foreign, 'refusal');
  const content = contentOf(foreign);
  const said = content === '' && refusal !== undefined ? [{ type: 'refusal', refusal }] : content;
  const toolCalls = toolCallsOf(foreign);
  return toolCalls.length === 0 ? { content: said } : { content: said, toolCalls };
}

/** The one function that older models call has no id: its name takes the place, in the call and in the answer. */
function toolCallsOf(foreign: JsonRecord): ToolCall[] {
  const called = (listField(foreign, 'tool_calls') ?? []).filter(isJsonRecord).map((call) => {
    const custom = recordField(call, 'custom');
    const id = textField(call, 'id') || NONE;
    return { id, ...calledOf(custom ?? recordField(call, 'function') ?? {}, custom ? 'input' : 'arguments') };
  });
  const single = recordField(foreign, 'function_call');
  if (called.length > 0 || single === undefined) return called;
  const call = calledOf(single, 'arguments');
  return [{ id: call.name, ...call }];
}

function calledOf(called: JsonRecord, field: string): { readonly name: string; readonly arguments: JsonValue } {
  return { name: textField(called, 'name') || NONE, arguments: fieldOf(called, field) ?? '' };
}

function labelsOf(foreign: JsonRecord): { readonly name?: string } {
  const name = textField(foreign, 'name');
  return name === undefined || name === '' ? {} : { name };
}

function contentOf(foreign: JsonRecord): ContextMessage['content'] {
  const content = fieldOf(foreign, 'content');
  if (typeof content === 'string') return content;
  return listField(foreign, 'content')?.filter(isPart) ?? '';
}

function isPart(part: JsonValue): part is JsonRecord & MessagePart {
  if (!isJsonRecord(part) || typeof part['type'] !== 'string' || part['type'] === '') return false;
  return part['type'] !== 'text' || typeof part['text'] === 'string';
}
