import type { ContextMessage } from './context-message.interface.js';
import type { WeighedMessage } from './context-window.js';
import type { ChatEntry, ChatEnvelope } from './envelope.codec.js';
import { decodeEnvelope } from './envelope.codec.js';
import type { CountTokens } from './tokens/token-counter.js';

const WEIGHT = /^\d{1,15}:(\d{1,15}):/;

/** What the entries of a list are. @internal */
export interface DecodedEntries {
  /** Oldest first, without the entries that are no messages. */
  readonly messages: readonly ChatEnvelope[];
  /** How many those are. */
  readonly corrupt: number;
  /** What those claim to weigh. */
  readonly corruptTokens: number;
}

/** Of entries newest first; those that were stored uncounted are counted now. @internal */
export function decodeAll(entries: readonly string[], countTokens: CountTokens): DecodedEntries {
  const messages: ChatEnvelope[] = [];
  let corruptTokens = 0;
  for (const entry of entries) {
    const envelope = decodeEnvelope(entry);
    if (envelope === undefined) corruptTokens += Number(WEIGHT.exec(entry)?.[1] ?? 0);
    else messages.push(weighed(envelope, countTokens));
  }
  return { messages: messages.toReversed(), corrupt: entries.length - messages.length, corruptTokens };
}

/** Undefined where none is pinned, or what is there is none. @internal */
export function decodePinned(text: string, countTokens: CountTokens): WeighedMessage | undefined {
  const envelope = decodeEnvelope(text);
  return envelope?.message.role === 'system' ? weighed(envelope, countTokens) : undefined;
}

/** Messages of their own for each who asks. @internal */
export function messagesOf(entries: readonly ChatEntry[]): WeighedMessage[] {
  return entries.map(({ json, tokens }) => ({ message: JSON.parse(json) as ContextMessage, tokens }));
}

function weighed(envelope: ChatEnvelope, countTokens: CountTokens): ChatEnvelope {
  return envelope.tokens > 0 ? envelope : { ...envelope, tokens: countTokens(envelope.message) };
}
