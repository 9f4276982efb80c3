/**
 * Lets so many lines through in a stretch of time, and tells of the rest in one at its end: a connection that flaps
 * would fill the log with what its first lines already said.
 *
 * @internal
 */
export class LogWindow {
  private written = 0;
  private held: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly most: number,
    private readonly ms: number,
    private readonly summarize: (count: number, last: string) => void,
  ) {}

  /** Writes the line, or holds it back. */
  pass(line: string, write: (line: string) => void): void {
    this.timer ??= setTimeout(() => this.end(), this.ms).unref();
    if (this.written++ < this.most) write(line);
    else this.held.push(line);
  }

  /** Tells of what was held back, and begins anew. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.written = 0;
    const { held } = this;
    this.held = [];
    const last = held.at(-1);
    if (last !== undefined) this.summarize(held.length, last);
  }
}
