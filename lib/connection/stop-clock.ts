/** Runs once, from the beginning of the app's shutdown: what waits for Redis may look at it. @internal */
export class StopClock {
  private readonly beginning = new AbortController();
  private readonly passing = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {}

  /** Aborted when shutdown begins. */
  get begun(): AbortSignal {
    return this.beginning.signal;
  }

  /** Aborted when the time for it is over, or everything was closed before. */
  get passed(): AbortSignal {
    return this.passing.signal;
  }

  begin(): void {
    if (this.begun.aborted) return;
    this.beginning.abort();
    this.timer = setTimeout(() => this.passing.abort(), this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.beginning.abort();
    this.passing.abort();
  }
}
