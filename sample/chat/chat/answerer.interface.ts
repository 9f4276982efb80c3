import type { ContextMessage } from 'nestjs-redis-hub/context';

/** Token of the {@link Answerer}. */
export const ANSWERER = 'CHAT:ANSWERER';

/** What a window is put before: a model, or what stands in for one. */
export interface Answerer {
  /** The text of the answer to the last message of a window, oldest first. */
  answer(window: readonly ContextMessage[]): Promise<string>;
}
