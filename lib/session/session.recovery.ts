import { backoffMs } from '../utils/backoff.js';
import { mayFallBack } from './session.error.js';
import type { SessionMonitor } from './session.monitor.js';
import type { SessionReplayer } from './session.replayer.js';
import type { SessionSources } from './session.reader.js';
import type { SessionVerifier } from './session.verifier.js';

const BATCH_SIZE = 64;

/**
 * Brings the tiers up to date after an outage: verifies that Redis kept what it had confirmed, replays the dirty entries to
 * it with the versions that they were acknowledged with, and tells a shared tier what it missed. One pass at a time; a pass
 * that meets an outage ends, and is repeated after a pause while the connection is up, at once when it is back.
 *
 * @internal
 */
export class SessionRecovery {
  private pass: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isStopped = false;
  private hasMissed = true;

  constructor(
    private readonly sources: SessionSources,
    private readonly verifier: SessionVerifier,
    private readonly replayer: SessionReplayer,
    private readonly monitor: SessionMonitor,
  ) {}

  /** Connected anew: begin at once. */
  begin(): void {
    this.failures = 0;
    this.hasMissed = true;
    this.clearTimer();
    this.start();
  }

  /** A shared tier may have missed something, or is back. */
  missed(): void {
    this.hasMissed = true;
    this.schedule();
  }

  /** Something is wrong or dirty: see to it soon. While the connection is down its return will tell. */
  schedule(): void {
    if (this.isStopped || this.timer !== undefined || this.pass !== undefined) return;
    if (!this.sources.standing.isConnected && !this.canSpill) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, backoffMs(this.failures));
    this.timer.unref();
  }

  /** A last pass over what is dirty, ended by the first failure or the end of the time to stop; then nothing more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.clearTimer();
    await Promise.race([this.lastPass(), aborted(this.sources.standing.timeIsUp)]);
  }

  private async lastPass(): Promise<void> {
    const { standing, fallback } = this.sources;
    await this.pass;
    if (standing.isConnected && fallback.localDirtyCount > 0) await this.run();
    else if (this.canSpill) await this.spill().catch(() => undefined);
  }

  private start(): void {
    if (this.isStopped || this.pass !== undefined) return;
    this.pass = this.run().then((isDone) => {
      this.pass = undefined;
      if (!isDone || this.isNeeded) this.schedule();
    });
  }

  private get isNeeded(): boolean {
    const { fallback, standing, trust } = this.sources;
    return fallback.dirtyCount > 0 || !standing.isVerified || trust.mode === 'doubt' || this.hasMissed;
  }

  /** What only this process holds goes to a shared tier that can take it, when Redis cannot. */
  private get canSpill(): boolean {
    const { standing, fallback } = this.sources;
    return fallback.localDirtyCount > 0 && fallback.isSharedAvailable && !standing.isAnswering;
  }

  /** Whether everything was replayed. Never rejects. */
  private async run(): Promise<boolean> {
    let isDone = false;
    let failure: unknown;
    try {
      if (this.canSpill) await this.spill();
      isDone = this.sources.standing.isConnected && (await this.replay());
    } catch (error) {
      failure = error;
    }
    this.failures = isDone ? 0 : this.failures + 1;
    if (isDone) this.sources.standing.recovered();
    this.monitor.recordPass(failure);
    return isDone;
  }

  /** What is dirty is replayed also to a Redis that cannot be verified: the versions decide what it takes over. */
  private async replay(): Promise<boolean> {
    const isVerified = await this.verifier.verify();
    const isReplayed = await this.replayAll();
    const isTold = await this.tellMissed();
    if (isVerified && isReplayed) await this.sources.fallback.ledger?.settle();
    return isVerified && isReplayed && isTold && this.sources.trust.mode !== 'doubt';
  }

  /** An entry that Redis refuses for a reason of its own (a foreign key in its place) does not hold up the others. */
  private async replayAll(): Promise<boolean> {
    let isDone = true;
    for await (const batch of this.sources.fallback.drain(BATCH_SIZE)) {
      if (this.isStopped && this.sources.standing.timeIsUp?.aborted) return false;
      isDone = (await this.settleAll(batch.map((pending) => this.replayer.replay(pending)))) && isDone;
    }
    return isDone;
  }

  private async settleAll(work: readonly Promise<unknown>[]): Promise<boolean> {
    const results = await Promise.allSettled(work);
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const outage = failures.find(mayFallBack);
    if (outage !== undefined) throw outage;
    for (const failure of failures) this.monitor.recordFailure(failure);
    return failures.length === 0;
  }

  /** A shared tier is told what it missed, in batches, by one node at a time. */
  private async tellMissed(): Promise<boolean> {
    const { fallback, pending, trust } = this.sources;
    if (!this.hasMissed || !fallback.hasShared) return true;
    if (!fallback.isSharedAvailable || (trust.isAgreed && !trust.isMet)) return false;
    this.hasMissed = false; // who misses something from here on says so again
    try {
      this.hasMissed = !(await this.tellAll()) || pending.knownCount > 0 || this.hasMissed;
    } catch (error) {
      this.hasMissed = true;
      throw error;
    }
    return !this.hasMissed;
  }

  /** Whether nothing is left. What another node claimed is looked at again: it may have died with it. */
  private async tellAll(): Promise<boolean> {
    const { pending } = this.sources;
    const claim = await pending.claim();
    if (claim !== 'here') return claim === 'nothing';
    for await (const notes of pending.pages(BATCH_SIZE)) {
      const told = await Promise.all(notes.map(async (note) => ((await this.replayer.tell(note)) ? [note] : [])));
      await pending.done(told.flat());
      if (told.flat().length < notes.length) return false;
    }
    return true;
  }

  private async spill(): Promise<void> {
    const { fallback } = this.sources;
    for await (const batch of fallback.drain(BATCH_SIZE, true)) {
      await this.settleAll(batch.map((pending) => this.replayer.spill(pending)));
    }
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** Settles when the signal is aborted; never where there is none. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
