import type { SessionLedger } from './interfaces/session-ledger.interface.js';
import type { RedisStanding } from './redis.standing.js';

/**
 * Whom a read has to ask. `redis`: Redis alone. `both`: a shared tier too, where it answers, since this node may not have
 * been told of an outage of another. `doubt`: it is known that Redis may be behind, so that nothing of Redis alone is true.
 *
 * @internal
 */
export type TrustMode = 'redis' | 'both' | 'doubt';

/** Whether Redis alone may be believed: by what this node sees of it, and by what all nodes say of it. @internal */
export class RedisTrust {
  private serverId: string | undefined;

  constructor(
    private readonly standing: RedisStanding,
    private readonly ledger: SessionLedger | undefined,
  ) {}

  get mode(): TrustMode {
    const page = this.ledger?.page;
    if (this.ledger === undefined) return 'redis';
    if (page === undefined) return 'both';
    if (page.inDoubt || !this.isMet) return 'doubt';
    return this.ledger.isCurrent ? 'redis' : 'both';
  }

  /** Whether a shared tier keeps the nodes in step; without, each goes by what it sees. */
  get isAgreed(): boolean {
    return this.ledger !== undefined;
  }

  /**
   * Names the state in which Redis' word counts for all nodes: a change that Redis took while this stayed the same need not
   * be replayed. Undefined where it does not count.
   */
  get mark(): string | undefined {
    if (this.ledger === undefined) return 'redis';
    const { page } = this.ledger;
    return page !== undefined && this.isMet ? `${page.generation}:${this.standing.life}` : undefined;
  }

  /** The Redis of this connection's present life is known by this name. */
  met(serverId: string | undefined): void {
    this.serverId = serverId;
  }

  /** Whether this node's Redis is the one that all nodes speak of. */
  get isMet(): boolean {
    return this.standing.isVerified && this.serverId !== undefined && this.ledger?.page?.serverId === this.serverId;
  }
}
