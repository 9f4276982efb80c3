import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { RunnableWithMessageHistory } from '@langchain/core/runnables';
import type { ContextCache } from 'nestjs-redis-hub/context';
import { ContextChatMessageHistory } from 'nestjs-redis-hub/context/langchain';

export function withHistory(context: ContextCache, model: BaseChatModel) {
  return new RunnableWithMessageHistory({
    runnable: model,
    getMessageHistory: (chatId) => new ContextChatMessageHistory(context, chatId),
  });
}
