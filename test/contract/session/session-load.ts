import type { SessionStore } from '../../../lib/session/index.js';
import { eventually } from '../../support/eventually.js';

/** What a session should be, by its acknowledged changes: its counter, or gone. */
type Expected = number | 'destroyed' | undefined;

/**
 * Changes and reads many sessions at once, each of them in sequence, so that every read has exactly one right answer. It
 * goes on until it is stopped; what is wrong is collected, not thrown, so that one run tells everything.
 */
export class SessionLoad {
  readonly expected = new Map<string, Expected>();
  /** Wrong answers. */
  readonly faults: string[] = [];
  /** Errors that a caller was given. */
  readonly failures: string[] = [];
  acknowledged = 0;
  slowestMs = 0;
  private isStopped = false;
  private readonly workers: Promise<void>[];

  constructor(
    private readonly sessions: SessionStore,
    count: number,
    private readonly prefix: string,
    /** Who reads after each change; another node where it has to see what this one acknowledged. */
    private readonly reader: SessionStore = sessions,
  ) {
    this.workers = Array.from({ length: count }, (_, worker) => this.work(worker));
  }

  /** Waits for so many more acknowledged changes. */
  async untilAcknowledged(more: number): Promise<void> {
    const goal = this.acknowledged + more;
    await eventually(() => this.acknowledged >= goal, { what: `${goal} acknowledged changes`, timeoutMs: 60_000 });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.workers);
  }

  /** Compares every session with what was acknowledged, as another store sees it. */
  async compareWith(sessions: SessionStore): Promise<string[]> {
    const wrong: string[] = [];
    for (const [id, expected] of this.expected) {
      const found = await sessions.get<{ n: number }>(id);
      if (found?.n !== (expected === 'destroyed' ? undefined : expected)) {
        wrong.push(`${id}: ${String(expected)} was acknowledged, ${String(found?.n)} is there`);
      }
    }
    return wrong;
  }

  private async work(worker: number): Promise<void> {
    for (let n = 1; !this.isStopped; n += 1) {
      const id = `${this.prefix}:${worker}:${Math.floor(n / 10)}`;
      const startedAt = performance.now();
      try {
        await this.step(id, n);
      } catch (error) {
        this.failures.push(`${id}: ${String(error)}`);
        // What was refused may have been done all the same: nothing more can be said of this session.
        this.expected.delete(id);
        n += 10 - (n % 10);
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  private async step(id: string, n: number): Promise<void> {
    const turn = n % 10;
    if (turn === 7 && n % 20 < 10) {
      await this.sessions.destroy(id);
      this.expected.set(id, 'destroyed');
    } else if (turn % 5 === 4) {
      const isThere = await this.sessions.touch(id);
      if (isThere !== (typeof this.expected.get(id) === 'number')) this.faults.push(`${id}: touch gave ${isThere}`);
    } else {
      const isStored = await this.sessions.set(id, { n });
      if (isStored === (this.expected.get(id) === 'destroyed')) this.faults.push(`${id}: set gave ${isStored}`);
      if (isStored) this.expected.set(id, n);
    }
    this.acknowledged += 1;
    await this.check(id);
  }

  private async check(id: string): Promise<void> {
    const expected = this.expected.get(id);
    const found = await this.reader.get<{ n: number }>(id);
    if (found?.n !== (expected === 'destroyed' ? undefined : expected)) {
      this.faults.push(`${id}: read ${String(found?.n)} after ${String(expected)} was acknowledged`);
    }
  }
}
