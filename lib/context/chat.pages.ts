import type { PageCall } from './call-options.js';
import type { ChatKeys } from './chat-keys.js';
import type { ChatStore } from './chat.store.js';
import type { ContextPage } from './context-result.interface.js';
import type { ChatEntry } from './envelope.codec.js';
import { decodeAll, messagesOf } from './read-entries.js';
import type { CountTokens } from './tokens/token-counter.js';

/** The messages of a chat with their numbers, page by page. @internal */
export class ChatPages {
  constructor(
    private readonly store: ChatStore,
    private readonly countTokens: CountTokens,
  ) {}

  /** A page is never empty while there is an older one: what cannot be read is passed over. */
  async page(keys: ChatKeys, { before, limit }: PageCall): Promise<ContextPage> {
    for (let count = limit; ; count *= 2) {
      const { entries, older, isCut } = await this.store.page(keys, before, count);
      const { messages } = decodeAll(entries, this.countTokens);
      if (messages.length < limit && older > 0) continue;
      const shown = messages.slice(-limit);
      const oldest = shown[0]?.sequence;
      const isLast = older === 0 && shown.length === messages.length;
      return { entries: shown, cut: isCut, ...(!isLast && oldest !== undefined && { before: oldest }) };
    }
  }
  /** The newest page of what a loader gave. Its numbers are places in that, so that no older page follows. */
  pageOf(loaded: readonly ChatEntry[], limit: number, isAll: boolean): ContextPage {
    const first = Math.max(0, loaded.length - limit);
    const entries = messagesOf(loaded.slice(first)).map((one, at) => ({ ...one, sequence: first + at + 1 }));
    return { entries, cut: first > 0 || !isAll, source: 'loader' };
  }
}
