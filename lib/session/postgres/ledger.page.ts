import type { LedgerPage } from '../interfaces/session-ledger.interface.js';

/** A page, and what only this tier asks of it. @internal */
export interface FullPage extends LedgerPage {
  /** Counts the announcements. */
  readonly epoch: number;
  /** Dirty entries, as long as there may be any. */
  readonly dirty: number;
}

/** @internal */
export function pageOf(row: Readonly<Record<string, unknown>>): FullPage {
  const { generation, server_id: serverId, in_doubt: inDoubt, epoch, dirty } = row;
  return {
    generation: Number(generation),
    serverId: typeof serverId === 'string' ? serverId : undefined,
    inDoubt: inDoubt === true,
    epoch: Number(epoch),
    dirty: Number(dirty),
  };
}
