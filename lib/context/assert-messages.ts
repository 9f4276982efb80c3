import { createMessageError } from './context.error.js';
import type { ContextMessage } from './context-message.interface.js';
import { faultOfJson } from './json-fault.js';
import { faultOfMessage } from './message-fault.js';

/** The messages, or an error of kind `serialization` that names the first field that cannot be stored. @internal */
export function assertMessages(value: unknown, operation: string, path = 'messages'): readonly ContextMessage[] {
  if (!Array.isArray(value)) throw createMessageError(operation, `${path} must be a list of messages`);
  for (const [index, message] of value.entries()) {
    const fault = faultOf(message, `${path}[${index}]`);
    if (fault !== undefined) throw createMessageError(operation, fault);
  }
  return value as readonly ContextMessage[];
}

function faultOf(message: unknown, path: string): string | undefined {
  return faultOfMessage(message, path) ?? faultOfStoring(message as ContextMessage, path);
}

function faultOfStoring(message: ContextMessage, path: string): string | undefined {
  for (const [field, value] of Object.entries(message)) {
    const fault = value === undefined ? undefined : faultOfJson(value);
    if (fault !== undefined) return `${path}.${field} holds what JSON cannot carry: ${fault}`;
  }
  return undefined;
}
