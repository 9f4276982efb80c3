import type { CommandSender } from '../commands/command-sender.interface.js';
import { isErrorReply } from '../errors/is-error-reply.js';
import { withDeadline } from '../utils/deadline.js';

/** @internal */
export interface WatchdogHooks {
  /** The server answered, in time and to the point. */
  onAnswer(): void;
  /** It did not: the socket is of no use. */
  onMiss(reason: Error): void;
}

/**
 * Asks a connected server whether it still answers. Neither driver notices a half-open socket by itself. Each question
 * carries a number, so that an answer which belongs to another question shows that replies are out of step.
 *
 * @internal
 */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  /** The timer of the life that a question was asked in, while it is not answered. */
  private asked: NodeJS.Timeout | undefined;
  private question = 0;

  constructor(
    private readonly nodes: () => readonly CommandSender[],
    private readonly intervalMs: number,
    private readonly answerMs: number,
    private readonly hooks: WatchdogHooks,
  ) {}

  start(): void {
    this.stop();
    this.timer = setTimeout(() => this.checkNow(), this.intervalMs);
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Asks at once, where it is not asking already. For when a caller's deadline was missed. */
  checkNow(): void {
    const watched = this.timer;
    if (watched === undefined || this.asked === watched) return;
    this.asked = watched;
    void this.ask().then((missed) => {
      if (this.asked === watched) this.asked = undefined;
      // Stopped or started anew meanwhile: the answer is of another socket's life.
      if (this.timer !== watched) return;
      if (missed !== undefined) return this.hooks.onMiss(missed);
      this.hooks.onAnswer();
      if (this.timer === watched) this.start();
    });
  }

  /** Every node is asked at the same time; one that is of no use makes the whole of no use. */
  private async ask(): Promise<Error | undefined> {
    const misses = await Promise.all(this.nodes().map((send) => this.askNode(send)));
    return misses.find((miss) => miss !== undefined);
  }

  private async askNode(send: CommandSender): Promise<Error | undefined> {
    const question = String(++this.question);
    const from = send.node === undefined ? '' : ` from ${send.node}`;
    const late = (): Error => new Error(`No answer to PING${from} within ${this.answerMs} ms`);
    try {
      const answer = await withDeadline(send(['PING', question]), this.answerMs, late);
      return answer === question ? undefined : new Error('The answer to PING was not to the question asked');
    } catch (error) {
      // An error reply is an answer (MISCONF, NOPERM, BUSY), unless it says that we are nobody here.
      if (isErrorReply(error) && !(error as Error).message.startsWith('NOAUTH')) return undefined;
      return error instanceof Error ? error : new Error('PING failed');
    }
  }
}
