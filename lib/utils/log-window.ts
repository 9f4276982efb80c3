/**
 * Lets so many lines through in a stretch of time, and tells of the rest in one at its end: a connection that flaps
 * would fill the log with what its first lines already said.
 *
 * @internal
 */
export class LogWindow {
  private written = 0;
  private held = 0;
  private last = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly most: number,
    private readonly ms: number,
    private readonly summarize: (count: number, last: string) => void,
  ) {}

  /** Writes the line, or holds it back. */
  pass(line: string, write: (line: string) => void): void {
    this.timer ??= setTimeout(() => this.end(), this.ms).unref();
    if (this.written++ < this.most) return write(line);
    this.held += 1;
    this.last = line;
  }

  /** Tells of what was held back, and begins anew. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { held } = this;
    this.written = 0;
    this.held = 0;
    if (held > 0) this.summarize(held, this.last);
  }
}
