import { generateText } from 'ai';
import type { LanguageModel } from 'ai';
import type { ContextCache } from 'nestjs-redis-hub/context';
import { fromModelMessages, toModelMessages } from 'nestjs-redis-hub/context/ai';

export async function answer(context: ContextCache, model: LanguageModel, chatId: string, question: string) {
  await context.append(chatId, { role: 'user', content: question });
  const messages = toModelMessages(await context.recent(chatId, 20));
  const { text, response } = await generateText({ model, messages });
  await context.append(chatId, fromModelMessages(response.messages)); // the tools that were called too
  return text;
}
