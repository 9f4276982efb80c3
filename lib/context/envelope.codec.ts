import { parseJson } from '../utils/json.codec.js';
import type { ContextMessage } from './context-message.interface.js';
import { isContextMessage } from './message-fault.js';
import { digestOf } from './message-digest.js';
import type { CountTokens } from './tokens/token-counter.js';

/**
 * A message on its way in. The script puts the sequence before it: `<sequence>:<tokens>:<json>`, so that it can trim by
 * count and by tokens without parsing JSON. Tokens 0 means that they were not counted.
 *
 * @internal
 */
export interface ChatEntry {
  readonly digest: string;
  readonly tokens: number;
  readonly json: string;
}

/** A message on its way out. @internal */
export interface ChatEnvelope {
  readonly sequence: number;
  readonly tokens: number;
  readonly message: ContextMessage;
}

const PREFIX = /^(\d{1,15}):(\d{1,15}):/;

/** @internal */
export function toEntries(
  messages: readonly ContextMessage[],
  turnId?: string,
  countTokens: CountTokens = () => 0,
): ChatEntry[] {
  return messages.map((message, index) => ({
    digest: digestOf(message, index, turnId),
    tokens: countTokens(message),
    json: JSON.stringify(message),
  }));
}

/** An entry as it stands in the list. @internal */
export function encodeEnvelope(sequence: number, { tokens, json }: Pick<ChatEntry, 'tokens' | 'json'>): string {
  return `${sequence}:${tokens}:${json}`;
}

/** The envelope, or undefined where the text is none: what a stranger wrote, or half of one. @internal */
export function decodeEnvelope(text: string): ChatEnvelope | undefined {
  const [prefix, sequence, tokens] = PREFIX.exec(text) ?? [];
  if (prefix === undefined) return undefined;
  const message = parseJson(text.slice(prefix.length));
  return isContextMessage(message) ? { sequence: Number(sequence), tokens: Number(tokens), message } : undefined;
}
