/** The share of the time that those who wait for Redis have; the rest is for closing what is open. */
const WAITING = 0.8;

/** Runs once, from the beginning of the app's shutdown: what waits for Redis may look at it. @internal */
export class StopClock {
  private readonly beginning = new AbortController();
  private readonly passing = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private begunAt = 0;

  constructor(private readonly ms: number) {}

  /** Aborted when shutdown begins. */
  get begun(): AbortSignal {
    return this.beginning.signal;
  }

  /** Milliseconds of the whole that are left; all of them before shutdown begins. */
  get leftMs(): number {
    return this.begun.aborted ? Math.max(0, this.ms - (performance.now() - this.begunAt)) : this.ms;
  }

  /** Aborted when the time for waiting is over, or everything was closed before. */
  get passed(): AbortSignal {
    return this.passing.signal;
  }

  begin(): void {
    if (this.begun.aborted) return;
    this.begunAt = performance.now();
    this.beginning.abort();
    this.timer = setTimeout(() => this.passing.abort(), this.ms * WAITING);
  }

  end(): void {
    clearTimeout(this.timer);
    if (!this.begun.aborted) this.begunAt = performance.now();
    this.beginning.abort();
    this.passing.abort();
  }
}
