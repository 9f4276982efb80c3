import type { EventEmitter } from 'node:events';
import type { Subscription } from 'rxjs';
import type { RedisConnection } from '../connection/redis.connection.js';
import type { StopClock } from '../connection/stop-clock.js';
import type { RedisError } from '../errors/redis.error.js';
import { createDeferred, type Deferred } from '../utils/deferred.js';
import { createPause } from '../utils/pause.js';
import type { BullAdapter } from './bull-adapter.js';
import { ownReply } from './own-reply.js';
import { mended, tuplesOf, unknownScripts, type ExecTuple } from './exec-tuples.js';
import { closedError, isForbidden, isPassing, lendError } from './lend-error.js';
import type { Replay } from './recorded-transaction.js';

/** Between two tries of a worker's command, and before a blocking read answers nothing: at once, BullMQ would spin. */
const PAUSE_MS = 100;

/** How long a worker's fetch waits for the connection before it is told "no job": a worker that closes waits for it. */
const FETCH_WAIT_MS = 1_000;

/** Between two tries of what the server forbids. BullMQ's own pauses are not cut short by shutdown. */
const FORBIDDEN_MS = 5_000;

/** Answer in place of a reply that cannot come. @internal */
export type IdleAnswer = { readonly answer: unknown } | undefined;

/** One call on BullMQ's adapter. @internal */
export type AdapterCall = (client: BullAdapter['client']) => Promise<unknown>;

/** Speaks to one connection on behalf of BullMQ: the gate, the wait for the connection, the repetition. @internal */
export class QueueLine {
  private turn: Deferred<void> = createDeferred();
  private isEnded = false;
  private readonly subscription: Subscription;
  private readonly onTurn = (): void => {
    const { turn } = this;
    this.turn = createDeferred();
    turn.resolve();
  };

  constructor(
    readonly connection: RedisConnection,
    private readonly adapter: BullAdapter,
    private readonly stopClock: StopClock,
    private readonly client: EventEmitter,
  ) {
    this.subscription = connection.state$.subscribe({ next: this.onTurn, complete: this.onTurn });
    stopClock.begun.addEventListener('abort', this.onTurn);
    stopClock.passed.addEventListener('abort', this.onTurn);
  }

  /** A producer's command: refused at once while the connection is down, else settled within the deadline. */
  async reject(operation: string, call: AdapterCall): Promise<unknown> {
    try {
      return await this.connection.guard.run(
        operation,
        (sender) => ownReply(this.connection, () => call(this.adapter.client), sender),
        (reply) => reply,
      );
    } catch (error) {
      throw lendError(error);
    }
  }

  /** A worker's command: waits for the connection, and is repeated until it was done or shutdown forbids it. */
  async persist(operation: string, call: AdapterCall, idle: IdleAnswer): Promise<unknown> {
    const { begun, passed } = this.stopClock;
    const startedAt = performance.now();
    for (;;) {
      const refusal = this.connection.refusal(operation);
      if (refusal === undefined) {
        const done = await this.attempt(operation, call);
        if ('reply' in done) return done.reply;
        await this.beforeRepeating(done.error, idle);
      }
      if (idle !== undefined && (begun.aborted || performance.now() - startedAt >= FETCH_WAIT_MS)) {
        return this.later(idle.answer);
      }
      if (passed.aborted || this.connection.state === 'closed') throw closedError(operation);
      await this.untilChange(idle === undefined ? undefined : FETCH_WAIT_MS);
    }
  }

  /** A producer's transaction. Its errors come as part of its answer; ioredis' carry the job's data. */
  async transact(operation: string, replay: Replay): Promise<unknown> {
    const startedAt = performance.now();
    const run = (places?: readonly number[]): Promise<unknown> =>
      this.reject(operation, async (client) => tuplesOf(() => replay(client, places)));
    let results = await run();
    const unknown = unknownScripts(results);
    if (unknown.length > 0) {
      await this.loadScripts();
      results = mended(results, unknown, await run(unknown));
    }
    if (!Array.isArray(results)) return results;
    const told = (error: unknown): unknown =>
      lendError(this.connection.toError(error, operation, performance.now() - startedAt));
    return results.map(([error, value]: ExecTuple) => [error ? told(error) : null, value]);
  }

  /** A blocking read: nothing, where the connection was lost meanwhile, or was down, for then it is time to look. */
  async block(
    operation: string,
    call: AdapterCall,
    limitMs: number,
    isReply: (reply: unknown) => boolean,
  ): Promise<unknown> {
    if (this.connection.refusal(operation) !== undefined) {
      await this.untilUp(limitMs);
      return this.later(null);
    }
    const done = await this.attempt(operation, call);
    if ('error' in done && isForbidden(done.error)) {
      // By the client's event: what BullMQ is told by a rejection it sleeps over.
      if (this.client.listenerCount('error') > 0) this.client.emit('error', done.error);
      await this.pauseForbidden();
      return null;
    }
    if ('error' in done && done.error.outcome === 'rejected' && !isPassing(done.error)) throw done.error;
    if ('reply' in done && (done.reply === null || isReply(done.reply))) return done.reply;
    // Not an answer to this question: the replies of this socket are out of step.
    if ('reply' in done) this.connection.discard(new Error('A blocking read got a reply that was not its own'));
    return this.later(null);
  }

  /** Without a deadline of its own: a socket that is dropped rejects what it owes, and the watchdog sees to that. */
  private async attempt(operation: string, call: AdapterCall): Promise<{ reply: unknown } | { error: RedisError }> {
    const startedAt = performance.now();
    try {
      return { reply: await ownReply(this.connection, () => call(this.adapter.client)) };
    } catch (error) {
      return { error: this.connection.toError(error, operation, performance.now() - startedAt) };
    }
  }

  /** Ends the waits of this line: BullMQ has closed the client that it belongs to. */
  end(): void {
    this.isEnded = true;
    this.subscription.unsubscribe();
    this.stopClock.begun.removeEventListener('abort', this.onTurn);
    this.stopClock.passed.removeEventListener('abort', this.onTurn);
    this.onTurn();
  }

  /** Until the state turns, or for `limitMs`; for a moment, where it is the server that cannot do its work. */
  private untilChange(limitMs: number | undefined): Promise<void> {
    if (this.connection.state === 'connected') return createPause(PAUSE_MS).done;
    return limitMs === undefined ? this.turn.promise : this.turnWithin(limitMs);
  }

  private async untilUp(limitMs: number): Promise<void> {
    const endsAt = performance.now() + limitMs;
    for (let leftMs = limitMs; leftMs > 0 && this.isDown; leftMs = endsAt - performance.now()) {
      await this.turnWithin(leftMs);
    }
  }

  private get isDown(): boolean {
    const { state } = this.connection;
    return state !== 'connected' && state !== 'closed' && !this.isEnded && !this.stopClock.begun.aborted;
  }

  /** Rejects where a worker has to be told, or nothing is mended by trying again. */
  private async beforeRepeating(error: RedisError, idle: IdleAnswer): Promise<void> {
    if (isForbidden(error)) {
      await this.pauseForbidden();
      // Not as a connection error: BullMQ tells of it, and fetches again. Its other callers would sleep over it.
      if (idle?.answer === null && !this.stopClock.begun.aborted) throw error;
    } else if (!isPassing(error)) {
      throw lendError(error);
    }
  }

  private async pauseForbidden(): Promise<void> {
    if (!this.stopClock.begun.aborted && !this.isEnded) await this.turnWithin(FORBIDDEN_MS);
  }

  private async turnWithin(ms: number): Promise<void> {
    const limit = createPause(ms);
    await Promise.race([this.turn.promise, limit.done]);
    limit.end();
  }

  /** After SCRIPT FLUSH: both drivers believe that the server knows what they once told it. */
  private async loadScripts(): Promise<void> {
    const { guard } = this.connection;
    const load = (lua: string): Promise<unknown> =>
      guard.run(
        'queue.scripts',
        () => Promise.all(guard.nodes().map((send) => send(['SCRIPT', 'LOAD', lua]))),
        (reply) => reply,
      );
    await Promise.all(this.adapter.sources.map(load));
  }

  private async later(answer: unknown): Promise<unknown> {
    await createPause(PAUSE_MS).done;
    return answer;
  }
}
