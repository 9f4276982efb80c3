import type { ContextCache } from 'nestjs-redis-hub/context';
import { fromOpenAiMessages, toOpenAiMessages } from 'nestjs-redis-hub/context/ai';
import type OpenAI from 'openai';

export async function answer(context: ContextCache, openai: OpenAI, chatId: string, question: string) {
  await context.append(chatId, { role: 'user', content: question });
  const messages = toOpenAiMessages(await context.recent(chatId, 20));
  const { choices } = await openai.chat.completions.create({ model: 'gpt-5', messages });
  await context.append(chatId, fromOpenAiMessages(choices.map(({ message }) => message)));
  return choices[0]?.message.content;
}
