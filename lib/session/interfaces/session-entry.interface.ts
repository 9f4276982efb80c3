/**
 * What a tier keeps for one session: its last change, and until when it lives.
 *
 * Versions are 24 lowercase hex characters of a hybrid logical clock: compared as text, the greater is the newer, and no
 * two changes have the same.
 *
 * @publicApi
 */
export interface SessionEntry {
  /** Of the change that gave {@link data}, or that destroyed the session. */
  readonly version: string;
  /**
   * Of the change that gave {@link expiresAt}: `version`, a touch after it, or, where {@link data} was changed and the end
   * left as it was, the change before it that gave the end.
   */
  readonly expiryVersion: string;
  /** Milliseconds since 1970. A tombstone is remembered until then. */
  readonly expiresAt: number;
  /** The session as JSON text; undefined in a tombstone, which is what a destroyed session leaves behind. */
  readonly data: string | undefined;
  /** Whose session it is, where the module was told how to know; follows {@link data}. */
  readonly userId?: string;
}

/**
 * An entry as a tier holds it.
 *
 * @publicApi
 */
export interface HeldSession {
  /** What the tier knows. */
  readonly entry: SessionEntry;
  /** Whether Redis has not confirmed it yet, so that it waits to be replayed. */
  readonly dirty: boolean;
}

/**
 * A change that Redis has not confirmed yet.
 *
 * @publicApi
 */
export interface DirtySession {
  /** The session's id, as the application knows it. */
  readonly id: string;
  /** What is to be replayed. */
  readonly entry: SessionEntry;
}

/**
 * A touch: a later expiry for a session, without its data.
 *
 * @publicApi
 */
export interface SessionTouch {
  /** Of this touch. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}
