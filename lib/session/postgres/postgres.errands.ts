import { randomBytes } from 'node:crypto';
import type { LedgerStatements } from './ledger.statements.js';
import type { PostgresLine } from './postgres.line.js';
import type { PostgresStatements } from './postgres.statements.js';

const BATCH = 500;
const PRUNE_LEASE_MS = 30_000;
/** Another node's clock may be behind ours, and the session still live there. */
const CLOCK_SKEW_MS = 60_000;
const OPERATION = 'session.postgres.prune';

/** Work that one node does for all at a time: claimed in the ledger for a while, so that one which dies holds up nobody. @internal */
export class PostgresErrands {
  private readonly owner = randomBytes(8).toString('hex');
  private nextPruneAt: number;

  constructor(
    private readonly line: PostgresLine,
    private readonly ledgerTexts: LedgerStatements,
    private readonly statements: PostgresStatements,
    private readonly pruneIntervalMs: number,
    private readonly now: () => number = Date.now,
  ) {
    this.nextPruneAt = performance.now() + this.jitter();
  }

  async claim(name: string, owner: string, ms: number): Promise<boolean> {
    return (
      (await this.line.query(`session.postgres.${name}`, this.ledgerTexts.claim, [name, owner, ms])).rows.length > 0
    );
  }

  async release(name: string, owner: string): Promise<void> {
    await this.line.query(`session.postgres.${name}`, this.ledgerTexts.release, [name, owner]);
  }

  /** Deletes what is over, where its time has come; never rejects, for the next time does it too. */
  async pruneWhenDue(): Promise<void> {
    if (performance.now() < this.nextPruneAt || !this.line.isUp) return;
    this.nextPruneAt = performance.now() + this.jitter();
    await this.prune().catch(() => undefined);
  }

  /** In batches, each a transaction of its own: none holds what a live request waits for. */
  async prune(): Promise<number> {
    let deleted = 0;
    while (await this.claim('prune', this.owner, PRUNE_LEASE_MS)) {
      const values = [this.now() - CLOCK_SKEW_MS, BATCH];
      const { rowCount } = await this.line.query(OPERATION, this.statements.prune, values);
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) break;
    }
    await this.release('prune', this.owner);
    return deleted;
  }

  private jitter(): number {
    return this.pruneIntervalMs * (0.5 + Math.random());
  }
}
