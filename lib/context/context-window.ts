import type { ContextMessage } from './context-message.interface.js';

/** A message and what it weighs. @internal */
export interface WeighedMessage {
  readonly message: ContextMessage;
  readonly tokens: number;
}

/** How much a window may hold. @internal */
export interface WindowBounds {
  readonly limit: number;
  /** @default no matter */
  readonly maxTokens?: number;
  /**
   * Whether nothing is missing between the messages. Where an entry could not be read, it may have been the call of a
   * result that can: then only the result goes, not all before it. @default true
   */
  readonly isWhole?: boolean;
}

/**
 * The longest end of the history that is within the bounds and holds no tool result whose call is not before it: a
 * model's API refuses the whole request for one of these. Oldest first.
 *
 * @internal
 */
export function windowOf<T extends WeighedMessage>(history: readonly T[], bounds: WindowBounds): T[] {
  const { limit, maxTokens = Number.POSITIVE_INFINITY, isWhole = true } = bounds;
  const within = history.slice(startWithin(history, limit, maxTokens));
  return isWhole ? within.slice(startAfterOrphans(within)) : within.filter(isAnswered(new Set()));
}

function startWithin(history: readonly WeighedMessage[], limit: number, maxTokens: number): number {
  const least = Math.max(0, history.length - limit);
  let start = history.length;
  for (let tokens = 0; start > least; start -= 1) {
    tokens += history[start - 1]?.tokens ?? 0;
    if (tokens > maxTokens) break;
  }
  return start;
}

function startAfterOrphans(messages: readonly WeighedMessage[]): number {
  let start = 0;
  let called = new Set<string>();
  for (const [at, one] of messages.entries()) {
    if (isAnswered(called)(one)) continue;
    start = at + 1;
    called = new Set();
  }
  return start;
}

/** Whether a message may stand after the calls so far, to which it adds its own. */
function isAnswered(called: Set<string>): (one: WeighedMessage) => boolean {
  return ({ message }) => {
    if (message.role === 'assistant') message.toolCalls?.forEach((call) => called.add(call.id));
    return message.role !== 'tool' || called.has(message.toolCallId);
  };
}
