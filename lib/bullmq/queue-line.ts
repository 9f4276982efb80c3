import type { RedisConnection } from '../connection/redis.connection.js';
import { RedisError } from '../errors/redis.error.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { createPause } from '../utils/pause.js';
import type { BullAdapter } from './bull-adapter.js';
import { isPassing, lendError } from './lend-error.js';

/** Between two tries of a worker's command, and before a blocking read answers nothing: at once, BullMQ would spin. */
const PAUSE_MS = 100;

/** Answer in place of a reply that cannot come. @internal */
export type IdleAnswer = { readonly answer: unknown } | undefined;

/** One call on BullMQ's adapter. @internal */
export type AdapterCall = (client: BullAdapter['client']) => Promise<unknown>;

/** Speaks to one connection on behalf of BullMQ: the gate, the wait for the connection, the repetition. @internal */
export class QueueLine {
  private turn: Deferred<void> = createDeferred();

  constructor(
    readonly connection: RedisConnection,
    private readonly adapter: BullAdapter,
  ) {
    const onTurn = (): void => {
      const { turn } = this;
      this.turn = createDeferred();
      turn.resolve();
    };
    connection.state$.subscribe({ next: onTurn, complete: onTurn });
    connection.stopClock.begun.addEventListener('abort', onTurn);
    connection.stopClock.passed.addEventListener('abort', onTurn);
  }

  /** A producer's command: refused at once while the connection is down, else settled within the deadline. */
  async reject(operation: string, call: AdapterCall): Promise<unknown> {
    try {
      return await this.connection.guard.run(
        operation,
        () => call(this.adapter.client),
        (reply) => reply,
      );
    } catch (error) {
      throw lendError(error);
    }
  }

  /** A worker's command: waits for the connection, and is repeated until it was done or shutdown forbids it. */
  async persist(operation: string, call: AdapterCall, idle: IdleAnswer): Promise<unknown> {
    const { begun, passed } = this.connection.stopClock;
    for (;;) {
      const refusal = this.connection.refusal(operation);
      if (refusal === undefined) {
        const done = await this.attempt(operation, call);
        if ('reply' in done) return done.reply;
        if (!isPassing(done.error)) throw lendError(done.error);
      }
      if (begun.aborted && idle !== undefined) return this.later(idle.answer);
      if (passed.aborted || this.connection.state === 'closed')
        throw this.connection.refusal(operation) ?? closedError(operation);
      await this.untilChange();
    }
  }

  /** A blocking read: nothing, where the connection is down or was lost meanwhile, or after `limitMs` without it. */
  async block(operation: string, call: AdapterCall, limitMs: number): Promise<unknown> {
    if (this.connection.refusal(operation) !== undefined && !(await this.untilUp(limitMs))) return this.later(null);
    const done = await this.attempt(operation, call);
    if ('reply' in done) return done.reply;
    return isPassing(done.error) || this.connection.state === 'closed' ? this.later(null) : Promise.reject(done.error);
  }

  /** Without a deadline of its own: a socket that is dropped rejects what it owes, and the watchdog sees to that. */
  private async attempt(operation: string, call: AdapterCall): Promise<{ reply: unknown } | { error: unknown }> {
    const startedAt = performance.now();
    try {
      return { reply: await call(this.adapter.client) };
    } catch (error) {
      return { error: this.connection.toError(error, operation, performance.now() - startedAt) };
    }
  }

  /** Until the state turns; for a moment, where it is the server that cannot do its work. */
  private async untilChange(): Promise<void> {
    if (this.connection.state === 'connected') await createPause(PAUSE_MS).done;
    else await this.turn.promise;
  }

  private async untilUp(limitMs: number): Promise<boolean> {
    const limit = createPause(limitMs);
    let isOver = false;
    void limit.done.then(() => (isOver = true));
    while (!isOver && this.connection.state !== 'connected' && this.connection.state !== 'closed') {
      await Promise.race([this.turn.promise, limit.done]);
    }
    limit.end();
    return this.connection.state === 'connected';
  }

  private async later(answer: unknown): Promise<unknown> {
    await createPause(PAUSE_MS).done;
    return answer;
  }
}

/** Not a connection error in BullMQ's eyes: at the end of shutdown it must not sleep and try again. */
function closedError(operation: string): RedisError {
  const message = `${operation}: the time for shutdown is over.`;
  return new RedisError({ kind: 'closed', operation, message });
}
