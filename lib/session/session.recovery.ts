import { isRedisError } from '../errors/redis.error.js';
import { backoffMs } from '../utils/backoff.js';
import type { FallbackTiers, PendingSession } from './fallback-tiers.js';
import type { RedisStanding } from './redis.standing.js';
import type { RedisTier } from './redis.tier.js';
import { mayFallBack } from './session.error.js';
import type { SessionMonitor } from './session.monitor.js';

const BATCH_SIZE = 64;

/**
 * Brings Redis up to date after an outage: verifies that it kept what it had confirmed, then replays the dirty entries
 * with the versions that they were acknowledged with. One pass at a time; a pass that meets an outage ends, and is
 * repeated after a pause while the connection is up, at once when it is back.
 *
 * @internal
 */
export class SessionRecovery {
  private pass: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isStopped = false;
  private serverId: string | undefined;
  private hasMetServer = false;

  constructor(
    private readonly standing: RedisStanding,
    private readonly redis: RedisTier,
    private readonly fallback: FallbackTiers,
    private readonly monitor: SessionMonitor,
  ) {}

  /** Connected anew: begin at once. */
  begin(): void {
    this.failures = 0;
    this.clearTimer();
    this.start();
  }

  /** Something is wrong or dirty: see to it soon. While the connection is down its return will tell. */
  schedule(): void {
    if (this.isStopped || this.timer !== undefined || this.pass !== undefined || !this.standing.isConnected) return;
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
    await Promise.race([this.lastPass(), aborted(this.standing.timeIsUp)]);
  }

  private async lastPass(): Promise<void> {
    await this.pass;
    if (this.standing.isConnected && this.fallback.dirtyCount > 0) await this.run();
  }

  private start(): void {
    if (this.isStopped || this.pass !== undefined) return;
    this.pass = this.run().then((isDone) => {
      this.pass = undefined;
      if (!isDone || this.fallback.dirtyCount > 0 || !this.standing.isVerified) this.schedule();
    });
  }

  /** Whether everything was replayed. Never rejects. */
  private async run(): Promise<boolean> {
    let isDone = false;
    try {
      await this.verify();
      isDone = await this.replayAll();
    } catch (error) {
      this.monitor.recordFailure(error);
    }
    this.failures = isDone ? 0 : this.failures + 1;
    if (isDone) this.standing.recovered();
    this.monitor.update();
    return isDone;
  }

  /** A server that is not the one that confirmed our copies may not have them: an old snapshot, an empty one, a failover. */
  private async verify(): Promise<void> {
    if (this.standing.isVerified && this.hasMetServer) return void (await ifAllowed(() => this.redis.ping()));
    const { life } = this.standing;
    const serverId = await ifAllowed(() => this.redis.serverId());
    const isSame = serverId !== undefined && serverId === this.serverId;
    if (life > 0 && !isSame) await this.fallback.markAllDirty();
    this.hasMetServer = true;
    this.serverId = serverId;
    this.standing.verified(life);
  }

  /** An entry that Redis refuses for a reason of its own (a foreign key in its place) does not hold up the others. */
  private async replayAll(): Promise<boolean> {
    let isDone = true;
    for await (const batch of this.fallback.drain(BATCH_SIZE)) {
      if (this.isStopped && this.standing.timeIsUp?.aborted) return false;
      const results = await Promise.allSettled(batch.map((pending) => this.replay(pending)));
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      const outage = failures.find(mayFallBack);
      if (outage !== undefined) throw outage;
      for (const failure of failures) this.monitor.recordFailure(failure);
      isDone &&= failures.length === 0;
    }
    return isDone;
  }

  private async replay({ tier, id, entry }: PendingSession): Promise<void> {
    const { status, version } = await this.standing.attempt('write', () => this.redis.put(id, entry));
    if (status === 'applied') return tier.confirm(id, entry);
    if (status === 'gone') return void (await tier.put(id, { ...entry, version, data: undefined }, false));
    const newer = await this.standing.attempt('read', () => this.redis.get(id));
    if (newer === undefined) return tier.confirm(id, entry);
    await tier.put(id, newer, false);
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

/** What this user may not ask stays unknown; that the server refused is an answer too. */
async function ifAllowed<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isRedisError(error, 'permission')) return undefined;
    throw error;
  }
}
