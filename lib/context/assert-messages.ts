import { createMessageError } from './context.error.js';
import type { ContextMessage } from './context-message.interface.js';
import { faultOfJson } from './json-fault.js';
import { faultOfMessage } from './message-fault.js';
import { readMessage } from './read-safely.js';

/** The messages, in a list of our own, or an error of kind `serialization` that names the first field that cannot be stored. @internal */
export function assertMessages(value: unknown, operation: string, path = 'messages'): readonly ContextMessage[] {
  const list = readMessage(operation, path, () => (Array.isArray(value) ? Array.from<unknown>(value) : undefined));
  if (list === undefined) throw createMessageError(operation, `${path} must be a list of messages`);
  for (const [index, message] of list.entries()) {
    const fault = faultOf(message, `${path}[${index}]`, operation);
    if (fault !== undefined) throw createMessageError(operation, fault);
  }
  return list as readonly ContextMessage[];
}

function faultOf(message: unknown, path: string, operation: string): string | undefined {
  const fault = readMessage(operation, path, () => faultOfMessage(message, path));
  return fault ?? faultOfStoring(message as ContextMessage, path, operation);
}

function faultOfStoring(message: ContextMessage, path: string, operation: string): string | undefined {
  for (const [field, value] of readMessage(operation, path, () => Object.entries(message))) {
    const fault =
      value === undefined ? undefined : readMessage(operation, `${path}.${field}`, () => faultOfJson(value));
    if (fault !== undefined) return `${path}.${field} holds what JSON cannot carry: ${fault}`;
  }
  return undefined;
}
