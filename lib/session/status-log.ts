import type { LineSink } from '../utils/line-logger.js';

/** Of each level, one line in so long: a connection that flaps is not to fill the log. */
const WINDOW_MS = 30_000;

type Level = 'log' | 'error';

interface Line {
  readonly level: Level;
  readonly text: string;
}

/**
 * Says what changed, at once where nothing of the kind was said lately. A change within the window is counted, and told
 * with the next line; at the end of the window a line follows where the last one is no longer true.
 *
 * @internal
 */
export class StatusLog {
  private readonly saidAt: Partial<Record<Level, number>> = {};
  private lastText: string | undefined;
  private folded = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Pick<LineSink, Level>) {}

  say(level: Level, text: string): void {
    clearTimeout(this.timer);
    const waitMs = (this.saidAt[level] ?? -WINDOW_MS) + WINDOW_MS - performance.now();
    if (waitMs <= 0) return this.write({ level, text });
    this.folded += 1;
    if (text === this.lastText) return; // it still says how things are
    this.timer = setTimeout(() => {
      this.folded -= 1; // this line is one of the changes
      this.write({ level, text });
    }, waitMs);
    this.timer.unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private write({ level, text }: Line): void {
    const more = this.folded === 0 ? '' : ` (${this.folded} more changes since the last line)`;
    this.saidAt[level] = performance.now();
    this.lastText = text;
    this.folded = 0;
    this.logger[level](text + more);
  }
}
