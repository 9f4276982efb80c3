import { connectionClosed } from '../../errors/connection-closed.js';

/**
 * The attempts of one client to open, one at a time. A client of many sockets cannot end one that is in flight: it is
 * given up, and finds that out itself.
 *
 * @internal
 */
export class Attempts {
  private latest = 0;
  private last: Promise<unknown> = Promise.resolve();

  /** @param open is given what it has to call after each wait: it throws once this attempt was given up */
  begin(open: (assertCurrent: () => void) => Promise<void>): Promise<void> {
    const own = ++this.latest;
    const attempt = open(() => {
      if (own !== this.latest) throw connectionClosed();
    });
    this.last = attempt.catch(() => undefined);
    return attempt;
  }

  giveUp(): void {
    this.latest += 1;
  }

  /** When the last one is over, given up or not. */
  async ended(): Promise<void> {
    await this.last;
  }
}
