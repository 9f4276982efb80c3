/**
 * What the nodes of an application agree on about Redis, as one of them last read it.
 *
 * @publicApi
 */
export interface LedgerPage {
  /** Counts the Redis servers, and the states of one, that entries were confirmed by: a new one confirms nothing yet. */
  readonly generation: number;
  /** The server of this generation; undefined before the first was met. */
  readonly serverId: string | undefined;
  /** Whether the tier may hold a change that Redis has not: then every node reads both. */
  readonly inDoubt: boolean;
}

/**
 * Kept by a shared tier for all nodes: whether Redis alone may be believed. Without one, each node believes what it sees
 * of Redis by itself, and may read older than what a node that is cut off from Redis has acknowledged. It is used while its
 * tier is open.
 *
 * @publicApi
 */
export interface SessionLedger {
  /** What was read last; undefined before the first time. */
  readonly page: LedgerPage | undefined;
  /**
   * Whether {@link page} holds at this moment: a node that acknowledges a change which Redis has not taken waits until
   * this node knows, or until this is false.
   */
  readonly isCurrent: boolean;
  /** Called whenever {@link page} or {@link isCurrent} may have changed, until the tier is closed. */
  onChange(listener: () => void): void;
  /**
   * This server answers as Redis. One that is not the server of the page begins a new generation, in which every entry is
   * dirty. Rejects where that cannot be recorded.
   */
  meet(serverId: string): Promise<LedgerPage>;
  /** Ends the doubt where no entry is dirty. */
  settle(): Promise<void>;
}
