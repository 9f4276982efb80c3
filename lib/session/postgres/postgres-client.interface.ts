/** The part of `pg` that is used, so that no type of it is needed where it is not installed. @internal */
export interface PostgresResult {
  readonly rows: readonly Record<string, unknown>[];
  readonly rowCount: number | null;
}

/** @internal */
export interface PostgresClient {
  query(text: string, values?: readonly unknown[]): Promise<PostgresResult>;
  connect(): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
}

/** @internal */
export interface PostgresNotification {
  readonly processId: number;
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** A client that belongs to a pool. @internal */
export interface PostgresPoolClient extends PostgresClient {
  release(destroy?: boolean | Error): void;
  off(event: 'error', listener: () => void): unknown;
}

/**
 * What `postgresTier` needs of a `pg.Pool`.
 *
 * @publicApi
 */
export interface PostgresPool {
  /** Lends a client. */
  connect(): Promise<unknown>;
  /** Ends the pool; called only for one that the tier made. */
  end(): Promise<void>;
  /** `pg` emits `error` for a client that is lost while idle. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** The tier takes its listener back when it closes. */
  off?(event: 'error', listener: (error: Error) => void): unknown;
  /** How its clients are made; the tier's own connection is made the same way. */
  readonly options: object;
}
