import { isSameEndpoint, type SentinelAnswer } from './choose-answer.js';
import type { MasterSearch } from './master-search.js';

/** Between two searches while no sentinel answers. */
const BLIND_MS = 2_000;

/**
 * Asks again and again whether the master is still the one that was found: after a forced fail-over the old one goes on
 * to accept writes, which are lost; after its death the sooner its successor is known, the better. That no sentinel
 * answers says nothing against the master.
 *
 * @internal
 */
export class MasterWatch {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly search: MasterSearch,
    private readonly intervalMs: number,
    private readonly onMoved: (from: SentinelAnswer, to: SentinelAnswer) => void,
  ) {}

  start(known: SentinelAnswer): void {
    this.startIn(this.intervalMs, known);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async check(known: SentinelAnswer, begun: NodeJS.Timeout): Promise<void> {
    const found = await this.search.confirm(known).catch(() => undefined);
    // Stopped, or started anew, meanwhile: the answer is about another attempt.
    if (this.timer !== begun) return;
    if (found === undefined) this.startIn(BLIND_MS, known);
    else if (isSameEndpoint(found.master, known.master)) this.start(found);
    else this.onMoved(known, found);
  }

  private startIn(ms: number, known: SentinelAnswer): void {
    this.stop();
    const timer = setTimeout(() => void this.check(known, timer), ms);
    this.timer = timer;
    timer.unref();
  }
}
