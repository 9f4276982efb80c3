import type {
  DirtySession,
  HeldSession,
  LedgerPage,
  SessionEntry,
  SessionLedger,
  SessionTier,
  SessionTouch,
} from '../../../lib/session/index.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';

/** What the nodes of {@link LedgerTier} share. */
export class LedgerStore {
  readonly sessions = new MemoryTier(1_000);
  readonly ledgers = new Set<NodeLedger>();
  page: LedgerPage = { generation: 1, serverId: undefined, inDoubt: false };

  /** Every node hears of it before this returns: there is no network between them. */
  write(page: LedgerPage): void {
    this.page = page;
    for (const ledger of this.ledgers) ledger.read();
  }
}

export class NodeLedger implements SessionLedger {
  page: LedgerPage | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(protected readonly store: LedgerStore) {}

  get isCurrent(): boolean {
    return this.store.ledgers.has(this);
  }

  read(): void {
    this.page = this.store.page;
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  async meet(serverId: string): Promise<LedgerPage> {
    const { page, sessions } = this.store;
    if (page.serverId === serverId) return page;
    await sessions.markAllDirty();
    this.store.write({ generation: page.generation + 1, serverId, inDoubt: true });
    return this.store.page;
  }

  announce(): void {
    if (!this.store.page.inDoubt) this.store.write({ ...this.store.page, inDoubt: true });
  }

  async settle(): Promise<void> {
    const { page, sessions } = this.store;
    if (page.inDoubt && sessions.dirtyCount === 0) this.store.write({ ...page, inDoubt: false });
  }
}

/** A shared tier with a ledger, as small as it can be: the nodes are in one process. */
export class LedgerTier implements SessionTier {
  readonly name = 'shared';
  readonly shared = true;
  readonly isAvailable = true;
  readonly ledger: NodeLedger;

  constructor(
    readonly store: LedgerStore = new LedgerStore(),
    makeLedger: (store: LedgerStore) => NodeLedger = (one) => new NodeLedger(one),
  ) {
    this.ledger = makeLedger(store);
  }

  get dirtyCount(): number {
    return this.store.sessions.dirtyCount;
  }

  async open(): Promise<void> {
    this.store.ledgers.add(this.ledger);
    this.ledger.read();
  }

  async close(): Promise<void> {
    this.store.ledgers.delete(this.ledger);
  }

  get(id: string): Promise<HeldSession | undefined> {
    return this.store.sessions.get(id);
  }

  async put(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession> {
    if (dirty) this.ledger.announce();
    return this.store.sessions.put(id, entry, dirty);
  }

  async putIf(id: string, entry: SessionEntry, expectedVersion: string, dirty: boolean) {
    if (dirty) this.ledger.announce();
    return this.store.sessions.putIf(id, entry, expectedVersion, dirty);
  }

  ids(pageSize: number): AsyncIterable<readonly string[]> {
    return this.store.sessions.ids(pageSize);
  }

  idsOfUser(userId: string): Promise<readonly string[]> {
    return this.store.sessions.idsOfUser(userId);
  }

  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    if (dirty) this.ledger.announce();
    return this.store.sessions.touch(id, touch, dirty);
  }

  forget(id: string, entry: SessionEntry): Promise<void> {
    return this.store.sessions.forget(id, entry);
  }

  drain(batchSize: number): AsyncIterable<readonly DirtySession[]> {
    return this.store.sessions.drain(batchSize);
  }

  confirm(id: string, entry: SessionEntry): Promise<void> {
    return this.store.sessions.confirm(id, entry);
  }

  async markAllDirty(): Promise<void> {
    // the ledger's generations do that
  }
}
