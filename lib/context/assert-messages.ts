import { createMessageError } from './context.error.js';
import type { ContextMessage, SystemMessage } from './context-message.interface.js';
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

/** The message, or an error of kind `serialization`: only what the system says can be pinned. @internal */
export function assertSystemMessage(value: unknown, operation: string, path: string): SystemMessage {
  const fault = faultOf(value, path, operation);
  if (fault !== undefined) throw createMessageError(operation, fault);
  const message = value as ContextMessage;
  if (message.role === 'system') return message;
  throw createMessageError(operation, `${path}.role must be system`);
}

/** Refuses a message that no cap of tokens would ever let in. @internal */
export function assertWeights(
  entries: readonly { readonly tokens: number }[],
  maxTokens: number | undefined,
  operation: string,
): void {
  const at = maxTokens === undefined ? -1 : entries.findIndex(({ tokens }) => tokens > maxTokens);
  if (at < 0) return;
  throw createMessageError(
    operation,
    `messages[${at}] has ${entries[at]?.tokens} tokens, and maxTokens is ${maxTokens}. Shorten it, or raise maxTokens`,
  );
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
