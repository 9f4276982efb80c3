import type { RedisError } from '../errors/redis.error.js';
import type { SessionLedger } from './interfaces/session-ledger.interface.js';
import type { SessionTier } from './interfaces/session-tier.interface.js';
import { available, closeAll, openAll } from './tiers-at-once.js';

/** Which tiers there are beside Redis, and how they are. @internal */
export class TierList {
  protected local: readonly SessionTier[];
  protected readonly shared: readonly SessionTier[];
  private isOpen = false;

  constructor(protected tiers: readonly SessionTier[]) {
    this.local = tiers.filter((tier) => !tier.shared);
    this.shared = tiers.filter((tier) => tier.shared);
  }

  get isEmpty(): boolean {
    return this.tiers.length === 0;
  }

  get dirtyCount(): number {
    return this.tiers.reduce((sum, tier) => sum + tier.dirtyCount, 0);
  }

  /** Of changes that no shared tier has either. */
  get localDirtyCount(): number {
    return this.local.reduce((sum, tier) => sum + tier.dirtyCount, 0);
  }

  /** The first that can be asked. */
  get serving(): string | undefined {
    return available(this.tiers)[0]?.name;
  }

  /** Those that cannot be asked. */
  get missing(): readonly string[] {
    return this.tiers.flatMap(({ isAvailable, name }) => (isAvailable ? [] : [name]));
  }

  get ledger(): SessionLedger | undefined {
    return this.shared.find(({ ledger }) => ledger !== undefined)?.ledger;
  }

  /** What is wrong with the first that is not well. */
  get lastError(): RedisError | undefined {
    return this.tiers.find(({ lastError }) => lastError !== undefined)?.lastError;
  }

  get hasShared(): boolean {
    return this.shared.length > 0;
  }

  get isSharedAvailable(): boolean {
    return available(this.shared).length > 0;
  }

  async open(): Promise<void> {
    try {
      await openAll(this.tiers);
    } catch (error) {
      this.leave();
      throw error;
    }
    this.isOpen = true;
  }

  /** Only what it opened: a tier that refused is another application's. */
  async close(): Promise<void> {
    const tiers = this.isOpen ? this.tiers : [];
    this.isOpen = false;
    this.leave();
    await closeAll(tiers);
  }

  /** What comes late finds no tier of this process: it may be another application's by then. A shared one is everybody's. */
  private leave(): void {
    this.tiers = this.shared;
    this.local = [];
  }
}
