import type {
  AssistantMessage,
  ContextMessage,
  MessagePart,
  ToolCall,
  ToolMessage,
} from '../context-message.interface.js';
import type { MessageForm } from '../conversion/convert-message.js';
import { fieldOf, isJsonRecord, listField, recordField, recordOf, textField } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import type { SeenCalls } from '../conversion/seen-calls.js';
import { argumentsRecord, wordsOf } from '../conversion/text-of.js';
import { approvalResponse, assistantPart, providerOptionsOf, userPart } from './model-parts.js';
import { contentOf, hasFineOptions, outputOf } from './tool-output.js';

/** Stands where the other form has no id or name, and ours wants one. */
const NONE = '-';

/** A message of the AI SDK; one of role `tool` has one part here, since an answer is a message of ours. @internal */
export const MODEL_MESSAGE: MessageForm = {
  name: 'ai',
  joins: true,

  toForeign(message, seen) {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: wordsOf(message.content) };
      case 'user':
        return { role: 'user', content: userContent(message.content) };
      case 'assistant':
        return { role: 'assistant', content: assistantContent(message) };
      case 'tool':
        return { role: 'tool', content: [toolPart(message, seen)] };
    }
  },

  toContext(foreign, seen) {
    const content = fieldOf(foreign, 'content');
    if (foreign['role'] === 'assistant') return assistantMessage(foreign);
    if (foreign['role'] === 'tool') return toolMessage(listField(foreign, 'content')?.[0], seen);
    const role = foreign['role'] === 'system' ? 'system' : 'user';
    return { role, content: typeof content === 'string' ? content : partsOf(foreign) };
  },

  isSound(foreign, natural) {
    return foreign['role'] === natural['role'] && hasFineOptions(foreign);
  },
};

function userContent(content: ContextMessage['content']): string | readonly JsonRecord[] {
  if (typeof content === 'string') return content;
  return (content as readonly JsonRecord[]).map(userPart).filter((part) => part !== undefined);
}

/** A part of type `tool-call` in the content says where in it a call stands; the call itself is in `toolCalls`. */
function assistantContent({ content, toolCalls = [] }: AssistantMessage): string | readonly JsonRecord[] {
  if (typeof content === 'string' && toolCalls.length === 0) return content;
  const left = [...toolCalls];
  const parts = asParts(content).map((part) => {
    if (part['type'] !== 'tool-call') return assistantPart(part);
    const index = left.findIndex(({ id }) => id === part['toolCallId']);
    const [call] = index < 0 ? [] : left.splice(index, 1);
    return call && toolCallPart(call, part);
  });
  return [...parts.filter((part) => part !== undefined), ...left.map((call) => toolCallPart(call, {}))];
}

function asParts(content: ContextMessage['content']): readonly JsonRecord[] {
  if (typeof content !== 'string') return content as readonly JsonRecord[];
  return content === '' ? [] : [{ type: 'text', text: content }];
}

function toolCallPart({ id, name, arguments: given }: ToolCall, place: JsonRecord): JsonRecord {
  const providerExecuted = fieldOf(place, 'providerExecuted');
  return recordOf({
    type: 'tool-call',
    toolCallId: id,
    toolName: name,
    input: argumentsRecord(given) ?? given,
    ...providerOptionsOf(place),
    providerExecuted: typeof providerExecuted === 'boolean' ? providerExecuted : undefined,
  });
}

function toolPart(message: ToolMessage, seen: SeenCalls): JsonRecord {
  const { content, toolCallId } = message;
  const [first, ...others] = typeof content === 'string' ? [] : (content as readonly JsonRecord[]);
  const approval = first && others.length === 0 ? approvalResponse(first) : undefined;
  if (approval !== undefined) return approval;
  const toolName = message.name ?? seen.toolOf(toolCallId) ?? NONE;
  return { type: 'tool-result', toolCallId, toolName, output: outputOf(content) };
}

/** Calls at the end are told by `toolCalls` alone; elsewhere, or with more to say, each has its place in the content. */
function assistantMessage(foreign: JsonRecord): ContextMessage {
  const content = fieldOf(foreign, 'content');
  if (typeof content === 'string') return { role: 'assistant', content };
  const parts = partsOf(foreign) as readonly (MessagePart & JsonRecord)[];
  const calls = parts.filter(isToolCall);
  if (calls.length === 0) return { role: 'assistant', content: parts };
  const spoken = parts.slice(0, parts.length - calls.length);
  const arePlain = calls.every((call) => Object.keys(call).every((field) => PLAIN_CALL.includes(field)));
  const own = arePlain && !spoken.some(isToolCall) ? plainContent(spoken) : parts.map(placeOf);
  return { role: 'assistant', content: own, toolCalls: calls.map(toolCallOf) };
}

const PLAIN_CALL = ['type', 'toolCallId', 'toolName', 'input'];

function plainContent(parts: readonly (MessagePart & JsonRecord)[]): string | readonly MessagePart[] {
  const [first, ...others] = parts;
  if (first === undefined) return '';
  const { type, text, ...rest } = first;
  const isText = type === 'text' && typeof text === 'string' && text !== '' && Object.keys(rest).length === 0;
  return isText && others.length === 0 ? text : parts;
}

function placeOf(part: MessagePart & JsonRecord): MessagePart {
  if (!isToolCall(part)) return part;
  const { type, toolName: _, input: __, ...rest } = part;
  return { ...rest, type, toolCallId: idOf(part) };
}

function toolCallOf(part: JsonRecord): ToolCall {
  return { id: idOf(part), name: textField(part, 'toolName') || NONE, arguments: fieldOf(part, 'input') ?? null };
}

function toolMessage(part: unknown, seen: SeenCalls): ContextMessage {
  if (!isJsonRecord(part)) return { role: 'tool', toolCallId: NONE, content: [] };
  const approvalId = textField(part, 'approvalId');
  if (part['type'] === 'tool-approval-response' && approvalId !== undefined) {
    const toolCallId = seen.callOf(approvalId) ?? (approvalId || NONE);
    return { role: 'tool', toolCallId, content: [part as JsonRecord & MessagePart] };
  }
  const name = textField(part, 'toolName');
  const content = contentOf(recordField(part, 'output'));
  return { role: 'tool', toolCallId: idOf(part), content, ...(name !== undefined && name !== '' && { name }) };
}

function idOf(part: JsonRecord): string {
  return textField(part, 'toolCallId') || NONE;
}

function isToolCall(part: JsonRecord): boolean {
  return part['type'] === 'tool-call';
}

/** The parts of a content that can be parts of ours; what cannot is carried. */
function partsOf(foreign: JsonRecord): readonly MessagePart[] {
  return (listField(foreign, 'content') ?? []).filter((part): part is JsonRecord & MessagePart => {
    if (!isJsonRecord(part) || typeof part['type'] !== 'string' || part['type'] === '') return false;
    return part['type'] !== 'text' || typeof part['text'] === 'string';
  });
}
