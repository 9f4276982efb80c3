import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

export interface ProcessComplaint {
  readonly event: 'unhandledRejection' | 'uncaughtException' | 'warning';
  readonly error: unknown;
}

const EVENTS = ['unhandledRejection', 'uncaughtException', 'warning'] as const;
const REAL_PROCESS = Symbol.for('hub.test.process');

/**
 * Listens to what a process says when something went wrong behind everyone's back: an unhandled rejection, an uncaught
 * exception, a warning such as MaxListenersExceededWarning. Jest's experimental-feature notices are passed over.
 */
export class ProcessSentinel implements TestResource {
  readonly complaints: ProcessComplaint[] = [];
  private readonly listeners = EVENTS.map((event) => ({
    event,
    listener: (error: unknown) => this.record(event, error),
  }));

  private constructor() {
    for (const { event, listener } of this.listeners) realProcess().on(event, listener);
  }

  static start(): ProcessSentinel {
    return track(new ProcessSentinel());
  }

  /** Throws when anything was heard; waits one turn first, since rejections are reported at the end of one. */
  async assertQuiet(): Promise<void> {
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    if (this.complaints.length === 0) return;
    const list = this.complaints.map(({ event, error }) => `${event}: ${describeError(error)}`).join('\n');
    throw new Error(`The process complained ${this.complaints.length} time(s):\n${list}`);
  }

  stop(): Promise<void> {
    for (const { event, listener } of this.listeners) realProcess().off(event, listener);
    untrack(this);
    return Promise.resolve();
  }

  private record(event: ProcessComplaint['event'], error: unknown): void {
    if (event === 'warning' && isExperimental(error)) return;
    this.complaints.push({ event, error });
  }
}

/** The process that emits; inside Jest `process` is a copy that stays silent. */
function realProcess(): NodeJS.EventEmitter {
  const holder = globalThis as { [REAL_PROCESS]?: NodeJS.EventEmitter };
  return holder[REAL_PROCESS] ?? process;
}

// Not by `instanceof`: what the real process gives is of another realm than the sandbox.
function isExperimental(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'ExperimentalWarning';
}

function describeError(error: unknown): string {
  return String((error as { stack?: unknown } | undefined)?.stack ?? error);
}
