import type { ContextMessage } from './context-message.interface.js';

/**
 * The newest `limit` messages, oldest first, without tool results whose call is not before them: a model's API refuses
 * the whole request for one of these. In a chat whose calls were all answered after them only the first messages of a
 * window can be such.
 *
 * @internal
 */
export function windowOf(messages: readonly ContextMessage[], limit: number): ContextMessage[] {
  const called = new Set<string>();
  return messages.slice(-limit).filter((message) => {
    if (message.role === 'assistant') message.toolCalls?.forEach((call) => called.add(call.id));
    return message.role !== 'tool' || called.has(message.toolCallId);
  });
}
