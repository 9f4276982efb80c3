import type { ContextMessage } from 'nestjs-redis-hub/context';

/** Token of the {@link Answerer}. */
export const ANSWERER = 'CHAT:ANSWERER';

/** What a window is put before: a model, or what stands in for one. */
export interface Answerer {
  /** The text of the answer to the last message of a window, oldest first. */
  answer(window: readonly ContextMessage[]): Promise<string>;
  /** A short text that takes the place of these messages, oldest first; an older summary may be among them. */
  summarize(messages: readonly ContextMessage[]): Promise<string>;
}
