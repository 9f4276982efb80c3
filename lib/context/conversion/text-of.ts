import type { ContextMessage, JsonValue } from '../context-message.interface.js';
import { faultOfJson } from '../json-fault.js';
import { fieldOf, isJsonRecord, textField } from './json-record.js';
import type { JsonRecord } from './json-record.js';

/** What a part says in words, whoever wrote it: text, a refusal, a tool's result or error. @internal */
export function textOf(part: JsonRecord): string | undefined {
  switch (part['type']) {
    case 'text':
    case 'text-plain':
      return textField(part, 'text');
    case 'refusal':
      return textField(part, 'refusal');
    case 'error-text':
      return textField(part, 'value');
    case 'json':
    case 'error-json':
      return jsonText(fieldOf(part, 'value'));
    case 'execution-denied':
      return textField(part, 'reason') ?? 'Tool execution denied.';
    default:
      return undefined;
  }
}

/** What a model thought, in the words of the AI SDK, LangChain or Anthropic. @internal */
export function reasoningOf(part: JsonRecord): string | undefined {
  if (part['type'] === 'reasoning') return textField(part, 'text') ?? textField(part, 'reasoning');
  return part['type'] === 'thinking' ? textField(part, 'thinking') : undefined;
}

/** All words of a content, where a form takes nothing else. @internal */
export function wordsOf(content: ContextMessage['content']): string {
  if (typeof content === 'string') return content;
  return content.map((part) => textOf(part as JsonRecord) ?? '').join('');
}

/** The record that a tool call's arguments are; undefined where they are none, as a model may break off. @internal */
export function argumentsRecord(value: JsonValue): JsonRecord | undefined {
  if (typeof value !== 'string') return isJsonRecord(value) ? value : undefined;
  try {
    const parsed = JSON.parse(value) as JsonValue;
    // text is not bounded by how deep a message may be
    return isJsonRecord(parsed) && faultOfJson(parsed) === undefined ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function jsonText(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
