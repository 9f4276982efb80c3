import type { OpenAI } from 'openai';
import type { ContextMessage } from 'nestjs-redis-hub/context';
import type { Answerer } from './answerer.interface.js';

const TIMEOUT_MS = 60_000; // a failed call is tried again by the queue
const INSTRUCTION = 'You are a helpful assistant in a small chat. Answer briefly.';
const SUMMARY_INSTRUCTION =
  'Summarize this beginning of a chat in at most 100 words, for a model that will go on with it. Keep names, numbers and what was asked for.';

type ModelMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;

export interface OpenAiSettings {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
}

/** Any endpoint that speaks OpenAI's chat completions. */
export class OpenAiAnswerer implements Answerer {
  private constructor(
    private readonly client: OpenAI,
    private readonly model: string,
  ) {}

  /** Loads the package only here, so that the stand-in needs none. */
  static async connect({ baseURL, apiKey, model }: OpenAiSettings): Promise<OpenAiAnswerer> {
    const { OpenAI } = await import('openai');
    return new OpenAiAnswerer(new OpenAI({ baseURL, apiKey, timeout: TIMEOUT_MS, maxRetries: 0 }), model);
  }

  answer(window: readonly ContextMessage[]): Promise<string> {
    return this.complete([{ role: 'system', content: INSTRUCTION }, ...window.map(toModelMessage)]);
  }

  summarize(messages: readonly ContextMessage[]): Promise<string> {
    const chat = messages.map(({ role, content }) => `${role}: ${typeof content === 'string' ? content : ''}`);
    return this.complete([
      { role: 'system', content: SUMMARY_INSTRUCTION },
      { role: 'user', content: chat.join('\n\n') },
    ]);
  }

  private async complete(messages: ModelMessage[]): Promise<string> {
    const { choices } = await this.client.chat.completions.create({ model: this.model, messages });
    const text = choices[0]?.message.content;
    if (!text) throw new Error('The model gave no text');
    return text;
  }
}

/** The chat of this sample has text only: of two speakers, and of the summaries. */
function toModelMessage({ role, content }: ContextMessage): ModelMessage {
  const speaker = role === 'user' || role === 'system' ? role : 'assistant';
  return { role: speaker, content: typeof content === 'string' ? content : '' };
}
