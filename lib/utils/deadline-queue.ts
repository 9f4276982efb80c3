import { MAX_TIMER_MS, STALL_GRACES, STALL_GRACE_MS, STALL_MS } from './timer-limits.js';

/** Timers are whole milliseconds, and may fire a part of one early. */
const TIMER_GRAIN_MS = 1;

/** One wait in a {@link DeadlineQueue}; the queue's links are the queue's. @internal */
export interface QueuedWait {
  readonly startedAt: number;
  before: QueuedWait | undefined;
  after: QueuedWait | undefined;
  /** Called once, unless it was removed before. */
  onPassed(): void;
}

/**
 * Deadlines of one length: the first to begin is the first to pass, so one timer serves them all, and a wait costs two
 * links where a timer of its own would cost an object, its list and its removal.
 *
 * A deadline never passes before the replies that are already in the socket were read; see `startDeadline`.
 *
 * @internal
 */
export class DeadlineQueue {
  private first: QueuedWait | undefined;
  private last: QueuedWait | undefined;
  private timer: NodeJS.Timeout | undefined;
  private passing: NodeJS.Immediate | undefined;

  private readonly ms: number;

  constructor(ms: number) {
    this.ms = Math.min(ms, MAX_TIMER_MS);
  }

  add(wait: QueuedWait): void {
    wait.before = this.last;
    if (this.last === undefined) this.first = wait;
    else this.last.after = wait;
    this.last = wait;
    if (this.timer === undefined && this.passing === undefined) this.wake(this.onTimer, this.ms);
  }

  /** Idempotent. */
  remove(wait: QueuedWait): void {
    const { before, after } = wait;
    if (before === undefined && this.first !== wait) return;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    wait.before = undefined;
    wait.after = undefined;
  }

  private readonly onTimer = (): void => {
    this.timer = undefined;
    const { first } = this;
    if (first === undefined) return;
    const leftMs = first.startedAt + this.ms - performance.now();
    if (leftMs > TIMER_GRAIN_MS) this.wake(this.onTimer, leftMs);
    else this.rest(leftMs < -STALL_MS ? STALL_GRACES : 0);
  };

  private rest(graces: number): void {
    if (graces === 0) this.passAfterInput();
    else this.wake(() => this.rest(graces - 1), STALL_GRACE_MS);
  }

  /** What has passed by now, once what the sockets hold was read. */
  private readonly passAfterInput = (): void => {
    const limit = performance.now() - this.ms + TIMER_GRAIN_MS;
    this.timer = undefined;
    this.passing = setImmediate(() => {
      this.passing = undefined;
      this.passUpTo(limit);
      if (this.first !== undefined && this.timer === undefined) this.onTimer();
    });
  };

  /** It keeps no process alive: that is the socket's to do, on which the answer would come. */
  private wake(what: () => void, ms: number): void {
    this.timer = setTimeout(what, ms);
    this.timer.unref();
  }

  private passUpTo(limit: number): void {
    for (let wait = this.first; wait !== undefined && wait.startedAt <= limit; wait = this.first) {
      this.remove(wait);
      wait.onPassed();
    }
  }
}
