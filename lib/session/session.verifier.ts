import { isRedisError } from '../errors/redis.error.js';
import type { SessionSources } from './session.reader.js';

/**
 * Finds out whether the Redis that answers is the one that confirmed what the tiers hold. A server that is not may have
 * lost some of it: an old snapshot, an empty one, a failover.
 *
 * @internal
 */
export class SessionVerifier {
  private running: Promise<boolean> | undefined;
  private serverId: string | undefined;
  private hasMetServer = false;

  constructor(private readonly sources: SessionSources) {}

  /** Settles when a verification that is under way has ended, undefined where none is; a write meanwhile would count as one that Redis lacks. */
  settled(): Promise<void> | undefined {
    if (this.sources.standing.isVerified && this.hasMetServer) return undefined;
    return this.running?.then(ignore, ignore);
  }

  /** Whether it is known to be that one now. Rejects where Redis does not answer. */
  verify(): Promise<boolean> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<boolean> {
    const { standing, fallback, trust, redis } = this.sources;
    if (standing.isVerified && this.hasMetServer && (!trust.isAgreed || trust.isMet)) {
      await ifAllowed(() => redis.ping());
      return true;
    }
    const { life } = standing;
    const isNewLife = life > 0 && !standing.isVerified;
    const known = await ifAllowed(() => redis.serverId());
    const isSame = known !== undefined && known === this.serverId;
    this.serverId = known ?? (fallback.ledger === undefined ? undefined : await redis.canary(isNewLife));
    if (isNewLife && !isSame && !this.isCopied) await fallback.markAllDirty();
    this.hasMetServer = true;
    trust.met(this.serverId);
    const isAgreed = await this.agree(this.serverId);
    if (isAgreed) standing.verified(life);
    return isAgreed;
  }

  /** Whether a shared tier has all that this process has a copy of, and replays it by its ledger. */
  private get isCopied(): boolean {
    const { fallback, pending } = this.sources;
    return fallback.ledger !== undefined && fallback.isSharedAvailable && pending.knownCount === 0;
  }

  /** Tells the ledger whom this node met. Where it cannot be told, the page that was read last has to do. */
  private async agree(serverId: string | undefined): Promise<boolean> {
    const { ledger } = this.sources.fallback;
    if (ledger === undefined || serverId === undefined) return true;
    try {
      return (await ledger.meet(serverId)).serverId === serverId;
    } catch {
      return ledger.page === undefined || ledger.page.serverId === serverId;
    }
  }
}

function ignore(): void {
  // Whoever waits for its end goes on, whatever it found out.
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
