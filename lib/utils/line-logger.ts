import { oneLine } from '../errors/scrub-text.js';

/** So much of a line as any collector takes. */
const MOST = 2_000;

/** What is used of Nest's logger. @internal */
export interface LineSink {
  log(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/**
 * Writes each text as one line: what a server, a driver or a tier says can neither break the line nor begin another one.
 *
 * @internal
 */
export class LineLogger implements LineSink {
  constructor(private readonly sink: LineSink) {}

  log(text: string): void {
    this.sink.log(oneLine(text, MOST));
  }

  warn(text: string): void {
    this.sink.warn(oneLine(text, MOST));
  }

  error(text: string): void {
    this.sink.error(oneLine(text, MOST));
  }
}
