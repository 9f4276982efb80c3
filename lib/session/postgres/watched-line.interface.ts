/** The line of the statements, as the watch sees it. @internal */
export interface WatchedLine {
  /** Whether the tables can be used: who cannot use them is not to hold a lease that others wait for. */
  readonly isReady: boolean;
  /** Sees to what is due; whether it is known how Postgres is. */
  tend(): Promise<boolean>;
  /** The ledger is gone. */
  prepareAgain(): void;
}
