import type { ContextMessage, MessagePart } from '../context-message.interface.js';

/** Counts the tokens of a text. @internal */
export type TextTokens = (text: string) => number;

/** What a message costs besides its words: role and separators, as OpenAI's guide to counting tokens has it, and one more. */
const MESSAGE = 4;
const TOOL_CALL = 8;
/** What today's models charge for a large image at most, or nearly. */
const PICTURE = 1_600;
/** A part of another kind that is longer than this carries data, not words. */
const DATA_LENGTH = 8_192;

/** The tokens of a whole message, from a count of text. @internal */
export function messageTokens(message: ContextMessage, textTokens: TextTokens): number {
  const { content, name } = message;
  const said = typeof content === 'string' ? textTokens(content) : sum(content, (part) => partTokens(part, textTokens));
  return MESSAGE + said + (name === undefined ? 0 : textTokens(name)) + toolTokens(message, textTokens);
}

function partTokens(part: MessagePart, textTokens: TextTokens): number {
  if (part.type === 'text' && typeof part['text'] === 'string') return textTokens(part['text']);
  if (part.type.includes('image')) return PICTURE;
  const json = JSON.stringify(part);
  return json.length > DATA_LENGTH ? PICTURE : textTokens(json);
}

function toolTokens(message: ContextMessage, textTokens: TextTokens): number {
  if (message.role === 'tool') return textTokens(message.toolCallId);
  if (message.role !== 'assistant') return 0;
  return sum(message.toolCalls ?? [], (call) => {
    const args = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
    return TOOL_CALL + textTokens(call.id) + textTokens(call.name) + textTokens(args);
  });
}

function sum<T>(list: readonly T[], count: (item: T) => number): number {
  return list.reduce((total, item) => total + count(item), 0);
}
