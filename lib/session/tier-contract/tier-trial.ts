import { randomBytes } from 'node:crypto';
import type { HeldSession, SessionEntry } from '../interfaces/session-entry.interface.js';
import type { LedgerPage, SessionLedger } from '../interfaces/session-ledger.interface.js';
import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { broken } from './contract-assertions.js';
import { ContractEntries } from './contract-entries.js';
import type { TierContractSettings } from './tier-contract.interface.js';

const POLL_MS = 10;

/** The tier of one case, its peers, and what cases do with them. @internal */
export class TierTrial {
  readonly entries = new ContractEntries();
  /** Of this case alone, in a store that may hold the sessions of others. */
  private readonly mark = randomBytes(6).toString('hex');
  private readonly opened = new Set<SessionTier>();
  private readonly endsAt: number;
  private servers = 0;
  private waits = 0;

  private constructor(
    readonly tier: SessionTier,
    readonly settings: TierContractSettings,
  ) {
    this.endsAt = performance.now() + settings.timeoutMs;
  }

  static async begin(settings: TierContractSettings): Promise<TierTrial> {
    return new TierTrial(await settings.create(), settings);
  }

  /** As in life, a Redis is met before anything is confirmed. */
  async open(): Promise<void> {
    await this.openOne(this.tier);
    if (this.tier.ledger !== undefined) await this.meet(this.tier.ledger, this.serverId);
  }

  /** Another node on the same store. */
  async openPeer(): Promise<SessionTier> {
    const { createPeer } = this.settings;
    if (createPeer === undefined)
      throw broken('a tier that says it is shared is shown to be; give createPeer to the suite', { createPeer });
    const peer = await createPeer(this.tier);
    await this.openOne(peer);
    if (peer.ledger !== undefined) await this.meet(peer.ledger, this.serverId);
    return peer;
  }

  async close(tier: SessionTier): Promise<void> {
    if (this.opened.delete(tier)) await tier.close?.();
  }

  /** As the next application does that is made of the same options. */
  async reopen(tier: SessionTier): Promise<void> {
    await this.close(tier);
    await this.openOne(tier);
    if (tier.ledger !== undefined) await this.meet(tier.ledger, this.serverId);
  }

  async end(): Promise<void> {
    for (const tier of this.opened) await this.close(tier);
    await this.settings.dispose?.(this.tier);
  }

  /** An id with this in it, that no other case has. */
  idOf(text: string): string {
    return `${text}#${this.mark}#${text}`;
  }

  isOwn(id: string): boolean {
    return id.includes(`#${this.mark}#`);
  }

  /** The name of the Redis that answers now. */
  get serverId(): string {
    return `contract-${this.mark}-${this.servers}`;
  }

  /** Redis came back and may have lost what it confirmed. */
  async loseRedis(): Promise<void> {
    this.servers += 1;
    if (this.tier.ledger === undefined) await this.tier.markAllDirty();
    else await this.meet(this.tier.ledger, this.serverId);
  }

  /** A store may be slow; a lease that ran out meanwhile is no broken rule. */
  meet(ledger: SessionLedger, serverId: string): Promise<LedgerPage> {
    return this.eventually('ledger.meet() records the server that answers', () => ledger.meet(serverId));
  }

  /** The ids that the tier drains, those of this case. */
  async drained(tier = this.tier, batchSize = 2): Promise<string[]> {
    const ids: string[] = [];
    for await (const batch of tier.drain(batchSize)) {
      if (batch.length > batchSize) throw broken(`a batch of drain(${batchSize}) has at most ${batchSize}`, batch);
      ids.push(...batch.map(({ id }) => id).filter((id) => this.isOwn(id)));
    }
    return ids;
  }

  /** The ids that the tier lists, those of this case. */
  async listed(pageSize: number): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of this.tier.ids?.(pageSize) ?? []) {
      if (page.length > pageSize) throw broken(`a page of ids(${pageSize}) has at most ${pageSize}`, page);
      ids.push(...page.filter((id) => this.isOwn(id)));
    }
    return ids;
  }

  /** Redis takes everything that waits. */
  async replayAll(tier = this.tier): Promise<void> {
    for await (const batch of tier.drain(64)) {
      await Promise.all(batch.map(({ id, entry }) => tier.confirm(id, entry)));
    }
  }

  async get(id: string, tier = this.tier): Promise<HeldSession | undefined> {
    return tier.get(id);
  }

  /** Each in its turn; what the last one gave. */
  async putAll(id: string, entries: readonly SessionEntry[]): Promise<HeldSession | undefined> {
    let held: HeldSession | undefined;
    for (const entry of entries) held = await this.tier.put(id, entry, false);
    return held;
  }

  /** Does what has to be done before a time that is near: with more time, and to another session, where it came too late. */
  async beforeSoon(work: (id: string, soon: number) => Promise<unknown>): Promise<{ id: string; soon: number }> {
    for (let ms = 150; ; ms *= 2) {
      this.waits += 1;
      const [id, soon] = [this.idOf(`soon-${this.waits}`), Date.now() + ms];
      await work(id, soon);
      if (Date.now() < soon) return { id, soon };
    }
  }

  /** Waits until the clock shows this time; for a tier that ends entries late, for so much longer. */
  async untilOver(expiresAt: number): Promise<void> {
    while (Date.now() < expiresAt + this.settings.lateByMs) await pause(1);
  }

  /** What the probe gives once that is something, for what a store or another node may take its time for. */
  async eventually<T>(rule: string, probe: () => T | Promise<T>): Promise<NonNullable<T>> {
    let last: unknown;
    while (performance.now() < this.endsAt - this.settings.timeoutMs / 10) {
      last = await Promise.resolve().then(probe).catch(errorOf);
      if (last !== undefined && last !== null && last !== false && !(last instanceof Error))
        return last as NonNullable<T>;
      await pause(POLL_MS);
    }
    throw broken(`${rule}, in time`, last);
  }

  private async openOne(tier: SessionTier): Promise<void> {
    this.opened.add(tier);
    await tier.open?.();
  }
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
