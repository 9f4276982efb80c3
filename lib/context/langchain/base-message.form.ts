import { faultOfId } from '../assert-id.js';
import type {
  AssistantMessage,
  ContextMessage,
  JsonValue,
  MessagePart,
  ToolCall,
} from '../context-message.interface.js';
import type { MessageForm } from '../conversion/convert-message.js';
import { fieldOf, isJsonRecord, listField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { argumentsRecord, textOf } from '../conversion/text-of.js';
import { isClassName, isDataField } from './base-message.classes.js';
import { contentPart } from './content-part.js';

/** Stands where the other form has no id or name, and ours wants one. */
const NONE = '-';

const ERRORS = ['error-text', 'error-json'];

const ROLE_OF_NAME: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  system: 'system',
  developer: 'system',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
};

/** A message of LangChain: its fields, and `class` for its class. @internal */
export const BASE_MESSAGE: MessageForm = {
  name: 'langchain',

  toForeign(message) {
    const { id, name } = message;
    const labels = recordOf({ id, name, additional_kwargs: {}, response_metadata: {} });
    switch (message.role) {
      case 'system':
        return { ...labels, class: 'SystemMessage', content: contentOf(message.content) };
      case 'user':
        return { ...labels, class: 'HumanMessage', content: contentOf(message.content) };
      case 'assistant':
        return { ...labels, class: 'AIMessage', content: contentOf(message.content), ...callsOf(message) };
      case 'tool':
        return { ...labels, class: 'ToolMessage', tool_call_id: message.toolCallId, ...answerOf(message.content) };
    }
  },

  toContext(foreign) {
    const labels = labelsOf(foreign);
    const content = partsOf(foreign);
    const className = textField(foreign, 'class')?.replace(/Chunk$/, '');
    switch (className) {
      case 'SystemMessage':
        return { role: 'system', content, ...labels };
      case 'AIMessage':
        return { role: 'assistant', content, ...toolCallsOf(foreign), ...labels };
      case 'ToolMessage':
        return {
          role: 'tool',
          toolCallId: textField(foreign, 'tool_call_id') || NONE,
          content: foreign['status'] === 'error' && typeof content === 'string' ? errorOf(content) : content,
          ...labels,
        };
      case 'FunctionMessage':
        return { role: 'tool', toolCallId: textField(foreign, 'name') || NONE, content, ...labels };
      default:
        return { role: ROLE_OF_NAME[textField(foreign, 'role') ?? ''] ?? 'user', content, ...labels };
    }
  },

  isSound({ class: className, ...fields }) {
    return isClassName(className) && Object.keys(fields).every((field) => isDataField(className, field));
  },
};

function contentOf(content: ContextMessage['content']): string | readonly JsonRecord[] {
  if (typeof content === 'string') return content;
  return (content as readonly JsonRecord[]).map(contentPart).filter((part) => part !== undefined);
}

/** Arguments that are no record are those of a call that LangChain holds for invalid. */
function callsOf({ toolCalls = [] }: AssistantMessage): JsonRecord {
  const valid: JsonRecord[] = [];
  const invalid: JsonRecord[] = [];
  for (const { id, name, arguments: given } of toolCalls) {
    const args = argumentsRecord(given);
    if (args !== undefined) valid.push({ name, args, id, type: 'tool_call' });
    else invalid.push({ name, args: textOfArguments(given), id, error: 'Malformed args.', type: 'invalid_tool_call' });
  }
  return { tool_calls: valid, invalid_tool_calls: invalid };
}

function textOfArguments(given: JsonValue): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function answerOf(content: ContextMessage['content']): JsonRecord {
  const [first, ...others] = typeof content === 'string' ? [] : (content as readonly JsonRecord[]);
  const isError = others.length === 0 && ERRORS.includes((first && textField(first, 'type')) || '');
  const error = isError && first ? textOf(first) : undefined;
  return error === undefined ? { content: contentOf(content) } : { content: error, status: 'error' };
}

function errorOf(value: string): readonly MessagePart[] {
  return [{ type: 'error-text', value }];
}

function labelsOf(foreign: JsonRecord): { readonly id?: string; readonly name?: string } {
  const id = textField(foreign, 'id');
  const name = textField(foreign, 'name');
  return {
    ...(id !== undefined && faultOfId(id, '') === undefined && { id }),
    ...(name !== undefined && name !== '' && { name }),
  };
}

/** An invalid call is one of ours too: what answers it would otherwise answer nothing. */
function toolCallsOf(foreign: JsonRecord): { readonly toolCalls?: readonly ToolCall[] } {
  const calls = [...(listField(foreign, 'tool_calls') ?? []), ...(listField(foreign, 'invalid_tool_calls') ?? [])];
  const toolCalls = calls.filter(isJsonRecord).map((call) => ({
    id: textField(call, 'id') || NONE,
    name: textField(call, 'name') || NONE,
    arguments: fieldOf(call, 'args') ?? '',
  }));
  return toolCalls.length === 0 ? {} : { toolCalls };
}

function partsOf(foreign: JsonRecord): ContextMessage['content'] {
  const content = fieldOf(foreign, 'content');
  if (typeof content === 'string') return content;
  return (listField(foreign, 'content') ?? []).filter((part): part is JsonRecord & MessagePart => {
    if (!isJsonRecord(part) || typeof part['type'] !== 'string' || part['type'] === '') return false;
    return part['type'] !== 'text' || typeof part['text'] === 'string';
  });
}
