/**
 * A session: a JSON object. Bring your own type to `get` and `set`.
 *
 * @publicApi
 */
export type SessionData = Record<string, unknown>;

/**
 * What `set` and `touch` may be told.
 *
 * @publicApi
 */
export interface SessionTtlOptions {
  /** Milliseconds from now until the session ends. @default ttlMs of the module */
  readonly ttlMs?: number;
}

/**
 * What `rotate` may be told.
 *
 * @publicApi
 */
export interface SessionRotateOptions {
  /** Milliseconds for which the old id leads to the new one; 0 for not at all. @default 30000 */
  readonly forwardMs?: number;
}

/**
 * A session and its end.
 *
 * @publicApi
 */
export interface StoredSession<T extends object = SessionData> {
  /** The session. */
  readonly data: T;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * A session of a list.
 *
 * @publicApi
 */
export interface IdentifiedSession<T extends object = SessionData> extends StoredSession<T> {
  /** Its id, a credential: show it to nobody. */
  readonly id: string;
}

/**
 * How sessions are served now.
 *
 * @publicApi
 */
export interface SessionStatus {
  /** `redis`, the name of the fallback tier that answers instead, or `none`. */
  readonly tier: string;
  /** Whether a tier is missing, or changes wait to be replayed to Redis. */
  readonly degraded: boolean;
  /** Acknowledged changes that Redis has not confirmed yet. */
  readonly dirty: number;
  /** Whether Redis alone answers for sessions: it is up, kept what it had confirmed, and lacks no change. */
  readonly trusted: boolean;
}
