import { BaseListChatMessageHistory } from '@langchain/core/chat_history';
import type { BaseMessage } from '@langchain/core/messages';
import type { ContextCache } from '../context.cache.js';
import { fromBaseMessages, toBaseMessages } from './convert-base-messages.js';

/**
 * A chat in a {@link ContextCache} as the history that LangChain's runnables take.
 *
 * @example
 * const chain = new RunnableWithMessageHistory({
 *   runnable: model,
 *   getMessageHistory: (chatId) => new ContextChatMessageHistory(context, chatId),
 * });
 *
 * @publicApi
 */
export class ContextChatMessageHistory extends BaseListChatMessageHistory {
  /** Where LangChain looks for a class that it is to load: never here, since a connection is no data. */
  override lc_namespace = ['nestjs-redis-hub', 'context', 'langchain'];

  readonly #cache: ContextCache;
  readonly #chatId: string;

  /** @param cache the module's, or that of a tenant */
  constructor(cache: ContextCache, chatId: string) {
    super();
    this.#cache = cache;
    this.#chatId = chatId;
  }

  /** The newest messages, as many as the cache keeps, oldest first. */
  override async getMessages(): Promise<BaseMessage[]> {
    return toBaseMessages(await this.#cache.recent(this.#chatId));
  }

  /**
   * As {@link addMessages}, for one.
   *
   * @throws RedisError as {@link ContextCache.append}
   */
  override addMessage(message: BaseMessage): Promise<void> {
    return this.addMessages([message]);
  }

  /**
   * Adds a turn in one append: all of it in a row or, on an error, none.
   *
   * @throws RedisError as {@link ContextCache.append}
   */
  override async addMessages(messages: BaseMessage[]): Promise<void> {
    const turn = fromBaseMessages(messages);
    if (turn.length > 0) await this.#cache.append(this.#chatId, turn);
  }

  /** Deletes what Redis holds of the chat. */
  override async clear(): Promise<void> {
    await this.#cache.clear(this.#chatId);
  }
}
