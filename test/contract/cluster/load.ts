import type { RedisCommands } from '../../../lib/interfaces/redis-commands.interface.js';
import type { RedisError } from '../../../lib/errors/redis.error.js';
import { createPause } from '../../../lib/utils/pause.js';

export interface LoadOptions {
  /** Callers at the same time, each with a counter of its own. @default 8 */
  readonly callers?: number;
  /** Where a caller's counter is. @default spread over the cluster */
  readonly keyOf?: (caller: number) => string;
  /** Milliseconds between a caller's answer and its next call. @default 0 */
  readonly pauseMs?: number;
}

/** Callers that each count up as fast as they are answered, and note what they were told. */
export class Load {
  readonly errors: { readonly error: RedisError; readonly elapsedMs: number; readonly at: number }[] = [];
  /** The last value that each key was acknowledged with. */
  readonly acknowledged = new Map<string, number>();
  /** Counters that went on by more than their calls: something ran that its caller was told nothing of, or twice. */
  readonly twice: string[] = [];
  /** Counters that went back: acknowledged, and not known to the server that answers now. */
  readonly lost: string[] = [];
  calls = 0;
  slowestMs = 0;
  lastAnswerAt = 0;
  private isRunning = true;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly commands: RedisCommands,
    { callers = 8, keyOf = (caller) => `counter-${caller}`, pauseMs = 0 }: LoadOptions = {},
  ) {
    this.running = Promise.all(Array.from({ length: callers }, (_, caller) => this.call(keyOf(caller), pauseMs)));
  }

  async stop(): Promise<this> {
    this.isRunning = false;
    await this.running;
    return this;
  }

  get kinds(): string[] {
    return [...new Set(this.errors.map(({ error }) => error.redisErrorKind))].toSorted();
  }

  /** For the record of a run. */
  get counts(): object {
    const { calls, errors, unknown, kinds, lost, twice, slowestMs } = this;
    return { calls, errors: errors.length, unknown, kinds, lost: lost.length, twice: twice.length, slowestMs };
  }

  /** How many calls may have been executed without an answer. */
  get unknown(): number {
    return this.errors.filter(({ error }) => error.outcome === 'unknown').length;
  }

  private async call(key: string, pauseMs: number): Promise<void> {
    let unknown = 0;
    while (this.isRunning) {
      const startedAt = performance.now();
      this.calls += 1;
      try {
        const value = await this.commands.incrby(key, 1);
        const before = this.acknowledged.get(key) ?? 0;
        if (value <= before) this.lost.push(`${key}: ${before} to ${value}`);
        if (value > before + 1 + unknown) this.twice.push(`${key}: ${before} to ${value}`);
        unknown = 0;
        this.acknowledged.set(key, value);
        this.lastAnswerAt = performance.now();
      } catch (error) {
        const at = performance.now();
        if ((error as RedisError).outcome === 'unknown') unknown += 1;
        this.errors.push({ error: error as RedisError, elapsedMs: at - startedAt, at });
        await createPause(5).done;
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
      if (pauseMs > 0) await createPause(pauseMs).done;
    }
  }
}
