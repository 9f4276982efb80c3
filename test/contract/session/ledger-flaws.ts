import type { LedgerPage, SessionTier } from '../../../lib/session/index.js';
import type { SessionTierContractOptions } from '../../../lib/testing/index.js';
import { LedgerStore, LedgerTier, NodeLedger } from './ledger-tier.js';

/** As a flaw of one process, of a tier that nodes share. */
export interface SharedFlaw {
  readonly flaw: string;
  readonly caughtBy: string;
  readonly options: SessionTierContractOptions;
}

/** Nodes on one store, each with such a ledger. */
export function nodesOf(
  makeLedger: (store: LedgerStore) => NodeLedger = (store) => new NodeLedger(store),
  makeTier: (store: LedgerStore, make: (store: LedgerStore) => NodeLedger) => LedgerTier = (store, make) =>
    new LedgerTier(store, make),
): SessionTierContractOptions {
  return {
    create: () => makeTier(new LedgerStore(), makeLedger),
    createPeer: (tier: SessionTier) => makeTier((tier as LedgerTier).store, makeLedger),
  };
}

class SilentLedger extends NodeLedger {
  override announce(): void {
    // tells nobody
  }
}

class HastyLedger extends NodeLedger {
  override async settle(): Promise<void> {
    this.store.write({ ...this.store.page, inDoubt: false });
  }
}

class EndlessLedger extends NodeLedger {
  override async settle(): Promise<void> {
    // never ends it
  }
}

class ForgetfulLedger extends NodeLedger {
  override async meet(serverId: string): Promise<LedgerPage> {
    await this.store.sessions.markAllDirty();
    this.store.write({ generation: this.store.page.generation + 1, serverId, inDoubt: true });
    return this.store.page;
  }
}

class TrustingLedger extends NodeLedger {
  override async meet(serverId: string): Promise<LedgerPage> {
    const { page } = this.store;
    if (page.serverId === serverId) return page;
    this.store.write({ generation: page.generation + 1, serverId, inDoubt: true });
    return this.store.page;
  }
}

class LonelyLedger extends NodeLedger {
  override announce(): void {
    if (this.page) this.page = { ...this.page, inDoubt: true };
  }
}

class MuteLedger extends NodeLedger {
  override onChange(): void {
    // hears nobody
  }
}

class AnxiousTier extends LedgerTier {
  override put(...[id, entry, dirty]: Parameters<LedgerTier['put']>): ReturnType<LedgerTier['put']> {
    this.ledger.announce();
    return super.put(id, entry, dirty);
  }
}

const KNOWS = 'ledger: has every node know of the doubt before a change that Redis lacks is acknowledged';
const LASTS = 'ledger: lets the doubt last while an entry is dirty, ends it when none is, and tells its listeners';

export const SHARED_FLAWS: readonly SharedFlaw[] = [
  {
    flaw: 'says that it is shared, and is not',
    caughtBy: 'shared: shows a save, a touch and a logout of one node to the other at once',
    options: { create: () => new LedgerTier(), createPeer: () => new LedgerTier() },
  },
  {
    flaw: 'keeps nothing for the next node',
    caughtBy: 'shared: keeps for the next node what the last one left',
    options: nodesOf(
      undefined,
      (store, make) =>
        new (class extends LedgerTier {
          override async close(): Promise<void> {
            await super.close();
            if (this.store.ledgers.size === 0) await this.store.sessions.close();
          }
        })(store, make),
    ),
  },
  {
    flaw: 'acknowledges what Redis lacks without a doubt',
    caughtBy: KNOWS,
    options: nodesOf((store) => new SilentLedger(store)),
  },
  {
    flaw: 'has only this node know of the doubt',
    caughtBy: KNOWS,
    options: nodesOf((store) => new LonelyLedger(store)),
  },
  {
    flaw: 'ends the doubt while an entry is dirty',
    caughtBy: LASTS,
    options: nodesOf((store) => new HastyLedger(store)),
  },
  {
    flaw: 'never ends the doubt',
    caughtBy: LASTS,
    options: nodesOf((store) => new EndlessLedger(store)),
  },
  {
    flaw: 'begins a generation at each meeting',
    caughtBy: 'ledger: writes down the Redis that was met, for all nodes',
    options: nodesOf((store) => new ForgetfulLedger(store)),
  },
  {
    flaw: 'takes the entries of another Redis for confirmed',
    caughtBy: 'ledger: begins one generation for all nodes that meet the same new Redis, in which every entry is dirty',
    options: nodesOf((store) => new TrustingLedger(store)),
  },
  {
    flaw: 'tells its listeners nothing',
    caughtBy: LASTS,
    options: nodesOf((store) => new MuteLedger(store)),
  },
  {
    flaw: 'begins a doubt by each change',
    caughtBy: 'ledger: begins no doubt by a change that Redis took',
    options: nodesOf(undefined, (store, make) => new AnxiousTier(store, make)),
  },
];
