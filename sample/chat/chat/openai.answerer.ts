import type { OpenAI } from 'openai';
import type { ContextMessage } from 'nestjs-redis-hub/context';
import type { Answerer } from './answerer.interface.js';

const TIMEOUT_MS = 60_000; // a failed call is tried again by the queue
const INSTRUCTION = 'You are a helpful assistant in a small chat. Answer briefly.';

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

  async answer(window: readonly ContextMessage[]): Promise<string> {
    const messages: ModelMessage[] = [{ role: 'system', content: INSTRUCTION }, ...window.map(toModelMessage)];
    const { choices } = await this.client.chat.completions.create({ model: this.model, messages });
    const text = choices[0]?.message.content;
    if (!text) throw new Error('The model gave no text');
    return text;
  }
}

/** The chat of this sample has text of two speakers only. */
function toModelMessage({ role, content }: ContextMessage): ModelMessage {
  return { role: role === 'user' ? 'user' : 'assistant', content: typeof content === 'string' ? content : '' };
}
