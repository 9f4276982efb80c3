import { createPause } from '../../utils/pause.js';
import type { LedgerPage, SessionLedger } from '../interfaces/session-ledger.interface.js';
import { postgresUnavailable } from './postgres-error.js';
import type { PostgresLine } from './postgres.line.js';
import { LEASE_MS, PostgresWatch } from './postgres.watch.js';
import type { PostgresNames } from './postgres.schema.js';
import { ledgerStatements } from './ledger.statements.js';
import type { LedgerStatements } from './ledger.statements.js';

/** Clocks of two machines do not run at quite the same rate. */
const MARGIN_MS = 50;
const OPERATION = 'session.postgres.ledger';

/**
 * The ledger in a table of its own. That a page holds is a lease: it was read less than {@link LEASE_MS} ago, and whoever
 * is about to acknowledge what Redis lacks first writes that into the ledger, and then waits until every node has
 * said that it knows, or until every lease from before has run out. Notifications make it quick; nothing rests on them.
 *
 * @internal
 */
export class PostgresLedger implements SessionLedger {
  private readonly statements: LedgerStatements;
  /** The announcement that every node is known to know. */
  private knownEpoch = -1;
  private announcing: Promise<void> | undefined;

  constructor(
    private readonly line: PostgresLine,
    private readonly watch: PostgresWatch,
    names: PostgresNames,
    private readonly now: () => number = Date.now,
  ) {
    this.statements = ledgerStatements(names);
  }

  get page(): LedgerPage | undefined {
    return this.watch.page;
  }

  get isCurrent(): boolean {
    return this.watch.isCurrent;
  }

  onChange(listener: () => void): void {
    this.watch.onChange(listener);
  }

  /** Before a change that Redis lacks is tried again: from now on every node is told to read both. */
  async announce(): Promise<void> {
    await this.line.query(OPERATION, this.statements.announce, []);
    await this.watch.refresh();
  }

  /** Such a change is written; it may be acknowledged once every node knows. */
  async untilKnown(epoch: number): Promise<void> {
    this.watch.keepInDoubt();
    while (this.knownEpoch < epoch) {
      this.announcing ??= this.awaitNodes(epoch).finally(() => (this.announcing = undefined));
      await this.announcing;
    }
  }

  async meet(serverId: string): Promise<LedgerPage> {
    if (this.page?.serverId !== serverId) await this.line.query(OPERATION, this.statements.meet, [serverId]);
    await this.watch.refresh();
    const { page } = this;
    if (page === undefined || !this.isCurrent) throw postgresUnavailable(OPERATION);
    return page;
  }

  async settle(): Promise<void> {
    const { page } = this;
    if (page === undefined || !page.inDoubt) return;
    await this.line.run(OPERATION, async (client) => {
      await client.query('BEGIN');
      // Whoever writes a dirty entry holds this row: after it is ours, all that were acknowledged are seen.
      await client.query(this.statements.lock);
      // A change of the generation before may be under way until its deadline has passed.
      await client.query(this.statements.settle, [page.generation, this.now(), 2 * this.line.timeoutMs]);
      await client.query('COMMIT');
    });
    await this.watch.refresh();
  }

  private async awaitNodes(epoch: number): Promise<void> {
    const startedAt = performance.now();
    const remaining = (): number => LEASE_MS + MARGIN_MS - (performance.now() - startedAt);
    let next = this.watch.known.next();
    while (remaining() > 0) {
      const { rows } = await this.line.query(OPERATION, this.statements.nodes, [LEASE_MS + MARGIN_MS]);
      const [first] = rows;
      const pids = rows.flatMap(({ pid }) => (pid === null ? [] : [Number(pid)]));
      // Leases from before a restart of the server are not among its locks.
      const isOld = first !== undefined && first['settled'] === true;
      if (isOld && this.watch.known.includeAll(pids, epoch)) break;
      const pause = createPause(Math.max(0, remaining()));
      await Promise.race([next, pause.done]);
      pause.end();
      next = this.watch.known.next();
    }
    this.knownEpoch = Math.max(this.knownEpoch, epoch);
  }
}
