import { faultOfId } from './assert-id.js';
import type { ContextMessage } from './context-message.interface.js';
import { isRecord } from './json-fault.js';

const ROLES = ['system', 'user', 'assistant', 'tool'];
const COMMON = ['role', 'content', 'id', 'name', 'createdAt', 'metadata'];
const QUOTED_LENGTH = 40;

/** Whether a value that came out of JSON is a message. @internal */
export function isContextMessage(value: unknown): value is ContextMessage {
  return faultOfMessage(value, '') === undefined;
}

/** What is wrong with the shape of a message: names the field by its path, never says what it holds. @internal */
export function faultOfMessage(value: unknown, path: string): string | undefined {
  if (!isRecord(value)) return `${path} must be a message`;
  const { role } = value;
  if (typeof role !== 'string' || !ROLES.includes(role)) return `${path}.role must be one of ${ROLES.join(', ')}`;
  return (
    faultOfFields(value, role, path)
    ?? faultOfContent(value['content'], `${path}.content`)
    ?? faultOfLabels(value, path)
    ?? faultOfTools(value, role, path)
  );
}

function faultOfFields(message: Record<string, unknown>, role: string, path: string): string | undefined {
  const unknown = Object.keys(message).find((key) => message[key] !== undefined && !isField(key, role));
  if (unknown === undefined) return undefined;
  return `${path}.${JSON.stringify(unknown.slice(0, QUOTED_LENGTH))} is no field of a message of role ${role}`;
}

function isField(key: string, role: string): boolean {
  if (COMMON.includes(key)) return true;
  return (role === 'assistant' && key === 'toolCalls') || (role === 'tool' && key === 'toolCallId');
}

function faultOfContent(content: unknown, path: string): string | undefined {
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) return `${path} must be text or a list of parts`;
  return firstFault(content, (part, index) => faultOfPart(part, `${path}[${index}]`));
}

function faultOfPart(part: unknown, path: string): string | undefined {
  if (!isRecord(part)) return `${path} must be a part`;
  if (!isFilledText(part['type'])) return `${path}.type must be text that is not empty`;
  if (part['type'] === 'text' && typeof part['text'] !== 'string') return `${path}.text must be text`;
  return undefined;
}

function faultOfLabels(message: Record<string, unknown>, path: string): string | undefined {
  const { id, name, createdAt, metadata } = message;
  if (id !== undefined && faultOfId(id, '') !== undefined) return faultOfId(id, `${path}.id`);
  if (name !== undefined && !isFilledText(name)) return `${path}.name must be text that is not empty`;
  if (createdAt !== undefined && !isDateText(createdAt)) return `${path}.createdAt must be a date in ISO 8601`;
  if (metadata !== undefined && !isRecord(metadata)) return `${path}.metadata must be a record`;
  return undefined;
}

function faultOfTools(message: Record<string, unknown>, role: string, path: string): string | undefined {
  if (role === 'tool' && !isFilledText(message['toolCallId'])) {
    return `${path}.toolCallId must be text that is not empty`;
  }
  const { toolCalls } = message;
  if (toolCalls === undefined) return undefined;
  if (!Array.isArray(toolCalls)) return `${path}.toolCalls must be a list`;
  return firstFault(toolCalls, (call, index) => faultOfToolCall(call, `${path}.toolCalls[${index}]`));
}

function faultOfToolCall(call: unknown, path: string): string | undefined {
  if (!isRecord(call)) return `${path} must be a tool call`;
  if (!isFilledText(call['id'])) return `${path}.id must be text that is not empty`;
  if (!isFilledText(call['name'])) return `${path}.name must be text that is not empty`;
  if (call['arguments'] === undefined) return `${path}.arguments must be there`;
  const unknown = Object.keys(call).find((key) => !['id', 'name', 'arguments'].includes(key));
  return unknown === undefined ? undefined : `${path} may hold id, name and arguments only`;
}

function isFilledText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isDateText(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) && !Number.isNaN(Date.parse(value));
}

function firstFault(
  values: readonly unknown[],
  faultOf: (value: unknown, index: number) => string | undefined,
): string | undefined {
  for (const [index, value] of values.entries()) {
    const fault = faultOf(value, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
