import { RedisError } from '../errors/redis.error.js';
import { hashSessionId } from './session-id.util.js';

/** How often a change is made anew because another was faster. */
const ATTEMPTS = 12;
const MOST_PAUSE_MS = 25;

/** What an attempt came to; undefined where another change was faster. @internal */
export type Attempt<T> = { readonly result: T } | undefined;

/** Makes a change of a session again where another came between. @internal */
export async function untilDone<T>(operation: string, id: string, attempt: () => Promise<Attempt<T>>): Promise<T> {
  for (let made = 1; made <= ATTEMPTS; made += 1) {
    const done = await attempt();
    if (done !== undefined) return done.result;
    // Of chance, so that those who met do not meet again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(made * 2, MOST_PAUSE_MS)));
  }
  throw new RedisError({
    kind: 'busy',
    operation,
    outcome: 'rejected',
    message:
      `Session #${hashSessionId(id)} was changed by others ${ATTEMPTS} times during ${operation}. `
      + 'Nothing was changed: try again, or keep apart what many change at once.',
  });
}
