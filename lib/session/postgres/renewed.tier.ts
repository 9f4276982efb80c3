import { RedisError } from '../../errors/redis.error.js';
import type { HeldSession, SessionEntry, SessionTouch } from '../interfaces/session-entry.interface.js';
import type { LedgerPage, SessionLedger } from '../interfaces/session-ledger.interface.js';
import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { tierInUseError } from '../session.error.js';
import type { PostgresTier } from './postgres.tier.js';

/**
 * Everything of a Postgres tier lives from `open()` to `close()`; the next `open()` begins anew. Options in a decorator are
 * evaluated once, and applications may be made of them many times.
 *
 * @internal
 */
export class RenewedTier implements SessionTier {
  readonly name = 'postgres';
  readonly shared = true;
  readonly ledger: SessionLedger = new RenewedLedger(() => this.life?.ledger);
  private life: PostgresTier | undefined;

  constructor(private readonly begin: () => PostgresTier) {}

  get isAvailable(): boolean {
    return this.life?.isAvailable ?? false;
  }

  get lastError(): RedisError | undefined {
    return this.life?.lastError;
  }

  get dirtyCount(): number {
    return this.life?.dirtyCount ?? 0;
  }

  async open(): Promise<void> {
    if (this.life !== undefined) throw tierInUseError('postgresTier');
    this.life = this.begin();
    await this.life.open();
  }

  async close(): Promise<void> {
    const { life } = this;
    this.life = undefined;
    await life?.close();
  }

  async get(id: string): Promise<HeldSession | undefined> {
    return this.opened.get(id);
  }

  async put(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession> {
    return this.opened.put(id, entry, dirty);
  }

  async putIf(id: string, entry: SessionEntry, expectedVersion: string, dirty: boolean) {
    return this.opened.putIf(id, entry, expectedVersion, dirty);
  }

  async *ids(pageSize: number): AsyncGenerator<readonly string[]> {
    yield* this.opened.ids(pageSize);
  }

  async idsOfUser(userId: string): Promise<readonly string[]> {
    return this.opened.idsOfUser(userId);
  }

  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    return this.opened.touch(id, touch, dirty);
  }

  async forget(id: string, entry: SessionEntry): Promise<void> {
    await this.opened.forget(id, entry);
  }

  async *drain(batchSize: number) {
    yield* this.opened.drain(batchSize);
  }

  async confirm(id: string, entry: SessionEntry): Promise<void> {
    await this.opened.confirm(id, entry);
  }

  async markAllDirty(): Promise<void> {
    await this.opened.markAllDirty();
  }

  private get opened(): PostgresTier {
    return openedOr(this.life);
  }
}

/** The ledger of the life that is; a store has it in hand before the first begins. */
class RenewedLedger implements SessionLedger {
  constructor(private readonly current: () => SessionLedger | undefined) {}

  get page(): LedgerPage | undefined {
    return this.current()?.page;
  }

  get isCurrent(): boolean {
    return this.current()?.isCurrent ?? false;
  }

  onChange(listener: () => void): void {
    this.current()?.onChange(listener);
  }

  async meet(serverId: string): Promise<LedgerPage> {
    return openedOr(this.current()).meet(serverId);
  }

  async settle(): Promise<void> {
    await openedOr(this.current()).settle();
  }
}

function openedOr<T>(life: T | undefined): T {
  if (life !== undefined) return life;
  throw new RedisError({
    kind: 'closed',
    operation: 'session.postgres',
    message:
      'session.postgres: the Postgres tier is not open. Use it between the start and the end of its application.',
  });
}
