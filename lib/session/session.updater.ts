import { RedisError } from '../errors/redis.error.js';
import { hashSessionId } from './session-id.util.js';
import type { SessionForm } from './session.form.js';
import type { SessionParts } from './session.parts.js';

/** How often a change is made anew because another was faster. */
const ATTEMPTS = 12;
const MOST_PAUSE_MS = 25;

type Change<T> = (session: T) => T | void | Promise<T | void>;

/** What an attempt came to; undefined where another change was faster. */
type Attempt<T> = { readonly stored: T | undefined } | undefined;

/** Changes a session by what it is now, again where another change came between. @internal */
export class SessionUpdater {
  constructor(
    private readonly parts: Pick<SessionParts, 'rotation' | 'writer'>,
    private readonly form: SessionForm,
  ) {}

  async update<T extends object>(id: string, change: Change<T>, ttlMs: number | undefined): Promise<T | undefined> {
    for (let made = 1; made <= ATTEMPTS; made += 1) {
      const attempt = await this.attempt(id, change, ttlMs);
      if (attempt !== undefined) return attempt.stored;
      // Of chance, so that those who met do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(made * 2, MOST_PAUSE_MS)));
    }
    throw new RedisError({
      kind: 'busy',
      operation: 'session.update',
      outcome: 'rejected',
      message:
        `Session #${hashSessionId(id)} was changed by others ${ATTEMPTS} times while it was updated. `
        + 'Nothing was written: try again, or keep apart what many change at once.',
    });
  }

  private async attempt<T extends object>(id: string, change: Change<T>, ttlMs?: number): Promise<Attempt<T>> {
    const { rotation, writer } = this.parts;
    const found = await rotation.find(id);
    if (found?.entry.data === undefined) return { stored: undefined };
    const copy = this.form.decode<T>(id, found.entry.data);
    const next = (await change(copy)) ?? copy;
    const leftMs = ttlMs ?? Math.max(1, found.entry.expiresAt - Date.now());
    const expiry = ttlMs === undefined ? found.entry : undefined;
    const encoded = { ...this.form.changeOf(id, next, leftMs), expiry };
    const outcome = await writer.replace(found.id, found.entry.version, encoded);
    if (outcome === 'conflict') return undefined;
    return { stored: outcome === 'done' ? next : undefined };
  }
}
