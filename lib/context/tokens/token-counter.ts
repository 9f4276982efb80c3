import type { ContextMessage } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { messageTokens } from './message-tokens.js';
import { loadTextTokens } from './tokenizers.js';
import type { TokenizerName } from './tokenizers.js';

/**
 * How many tokens a message is, as an integer of at least 0. Called once for each message, when it is appended or loaded.
 *
 * @publicApi
 */
export type CountTokens = (message: ContextMessage) => number;

/** Fits the digits that an envelope has for it. */
const MOST = 999_999_999;

/** The count that the options ask for; a function of the user's is held to what it promises. @internal */
export async function createTokenCounter(
  wanted: CountTokens | 'auto' | 'estimate' | TokenizerName,
): Promise<CountTokens> {
  if (typeof wanted === 'function') return (message) => asked(wanted, message);
  const textTokens = await loadTextTokens(wanted);
  return (message) => Math.min(MOST, messageTokens(message, textTokens));
}

function asked(countTokens: CountTokens, message: ContextMessage): number {
  const tokens = ((): unknown => {
    try {
      return countTokens(message);
    } catch (error) {
      throw createMessageError('context.countTokens', `countTokens threw ${nameOf(error)}`);
    }
  })();
  if (Number.isSafeInteger(tokens) && Number(tokens) >= 0 && Number(tokens) <= MOST) return Number(tokens);
  throw createMessageError('context.countTokens', 'countTokens must give an integer from 0 to 999999999');
}

/** Its name only: what it says may quote the message. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
