/**
 * Refuses calls at once after several deadlines were missed in a row, so that a frozen server costs one deadline and
 * not one a request. It closes when a probe was answered; probing is the watchdog's, one at a time.
 *
 * @internal
 */
export class Breaker {
  private missedInARow = 0;
  private opened = false;

  constructor(
    private readonly failures: number,
    private readonly onChange: (open: boolean) => void,
  ) {}

  get isOpen(): boolean {
    return this.opened;
  }

  missed(): void {
    this.missedInARow++;
    if (this.missedInARow >= this.failures) this.set(true);
  }

  answered(): void {
    this.missedInARow = 0;
  }

  /** A probe was answered, or the socket is a new one. */
  close(): void {
    this.missedInARow = 0;
    this.set(false);
  }

  private set(open: boolean): void {
    if (this.opened === open) return;
    this.opened = open;
    this.onChange(open);
  }
}
