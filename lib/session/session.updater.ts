import { untilDone } from './attempts.js';
import type { Attempt } from './attempts.js';
import type { SessionForm } from './session.form.js';
import type { SessionParts } from './session.parts.js';

type Change<T> = (session: T) => T | void | Promise<T | void>;

/** Changes a session by what it is now, again where another change came between. @internal */
export class SessionUpdater {
  constructor(
    private readonly parts: Pick<SessionParts, 'rotation' | 'replacer'>,
    private readonly form: SessionForm,
  ) {}

  update<T extends object>(id: string, change: Change<T>, ttlMs: number | undefined): Promise<T | undefined> {
    const gone = new Set<string>();
    return untilDone('session.update', id, () => this.attempt(id, change, ttlMs, gone));
  }

  private async attempt<T extends object>(
    id: string,
    change: Change<T>,
    ttlMs: number | undefined,
    gone: Set<string>,
  ): Promise<Attempt<T | undefined>> {
    const { rotation, replacer } = this.parts;
    const found = await rotation.find(id);
    // Read as living after it was gone: a tier knows of its end that Redis forgot.
    if (found?.entry.data === undefined || gone.has(found.id)) return { result: undefined };
    const copy = this.form.decode<T>(id, found.entry.data);
    const next = (await change(copy)) ?? copy;
    const leftMs = ttlMs ?? Math.max(1, found.entry.expiresAt - Date.now());
    const expiry = ttlMs === undefined ? found.entry : undefined;
    const encoded = { ...this.form.changeOf(id, next, leftMs), expiry };
    const outcome = await replacer.replace(found.id, found.entry.version, encoded);
    if (outcome === 'done') return { result: next };
    // Destroyed, or rotated: then it is found under its new id.
    if (outcome === 'gone') gone.add(found.id);
    return undefined;
  }
}
