import { countTokens as tokensOf } from 'gpt-tokenizer';
import type { ContextMessage } from 'nestjs-redis-hub/context';

/** What a message costs besides its words. */
const MESSAGE = 4;
/** The tokenizer takes a time that grows with the square of a word: so no word is longer than this for it. */
const LONGEST = 1_024;
/** What looks like a control token in a message is text of its writer's. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Counts for the table and for the context alike, so that the page adds up. */
export function countTokens({ content }: Pick<ContextMessage, 'content'>): number {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  let tokens = MESSAGE;
  for (let at = 0; at < text.length; at += LONGEST) tokens += tokensOf(text.slice(at, at + LONGEST), AS_TEXT);
  return tokens;
}
