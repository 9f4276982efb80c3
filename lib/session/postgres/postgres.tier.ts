import { randomBytes } from 'node:crypto';
import type { RedisError } from '../../errors/redis.error.js';
import type { DirtySession, HeldSession, SessionEntry, SessionTouch } from '../interfaces/session-entry.interface.js';
import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { postgresUnavailable } from './postgres-error.js';
import { dirtyOf, heldOf } from './held-row.js';
import type { PostgresRow } from './held-row.js';
import type { PostgresConfirmations } from './postgres.confirmations.js';
import type { PostgresErrands } from './postgres.errands.js';
import type { PostgresLedger } from './postgres.ledger.js';
import type { PostgresLine } from './postgres.line.js';
import type { PostgresStatements } from './postgres.statements.js';
import type { PostgresWatch } from './postgres.watch.js';
import { idOfRow, rowIdOf } from './row-id.js';

/** What a {@link PostgresTier} is made of. @internal */
export interface PostgresParts {
  readonly line: PostgresLine;
  readonly watch: PostgresWatch;
  readonly ledger: PostgresLedger;
  readonly confirmations: PostgresConfirmations;
  readonly errands: PostgresErrands;
  readonly statements: PostgresStatements;
  readonly end: () => Promise<void>;
}

/** How often a dirty change is tried while other nodes declare the doubt over in between. */
const ATTEMPTS = 4;
const DRAIN_LEASE_MS = 3_000;
/** A drain rests for as long as its last batch took, up to this, so that live requests have half of the time at least. */
const MOST_REST_MS = 50;

/** Sessions in Postgres, one statement a call. @internal */
export class PostgresTier implements SessionTier {
  readonly name = 'postgres';
  readonly shared = true;
  readonly ledger: PostgresLedger;
  private readonly owner = randomBytes(8).toString('hex');

  constructor(
    private readonly parts: PostgresParts,
    private readonly now: () => number = Date.now,
  ) {
    this.ledger = parts.ledger;
  }

  get isAvailable(): boolean {
    return this.parts.line.isUp;
  }

  get dirtyCount(): number {
    return this.parts.watch.page?.dirty ?? 0;
  }

  get lastError(): RedisError | undefined {
    return this.parts.line.lastError;
  }

  /** Neither fails where Postgres is out, nor waits for more than one answer: Redis serves, and it comes when it can. */
  async open(): Promise<void> {
    if (await this.parts.line.probe()) return this.parts.watch.start();
    void this.parts.watch.start();
  }

  async close(): Promise<void> {
    await this.parts.watch.close();
    await this.parts.end();
  }

  async get(id: string): Promise<HeldSession | undefined> {
    const { line, statements } = this.parts;
    const values = [rowIdOf(id), this.generation, this.now()];
    const [row] = (await line.query('session.postgres.get', statements.get, values)).rows;
    return row === undefined ? undefined : this.heldOf(row);
  }

  async put(id: string, entry: SessionEntry, dirty: boolean): Promise<HeldSession> {
    const { put, putDirty } = this.parts.statements;
    const held = await this.write(id, entry, dirty, { clean: put, dirty: putDirty }, []);
    if (held !== undefined) return held;
    throw postgresUnavailable('session.postgres.put');
  }

  async putIf(id: string, entry: SessionEntry, expectedVersion: string, dirty: boolean) {
    const { putIf, putDirtyIf } = this.parts.statements;
    return this.write(id, entry, dirty, { clean: putIf, dirty: putDirtyIf }, [expectedVersion]);
  }

  async *ids(pageSize: number): AsyncGenerator<readonly string[]> {
    const { line, statements } = this.parts;
    for (let last = ''; ;) {
      const { rows } = await line.query('session.postgres.ids', statements.ids, [last, this.now(), pageSize]);
      yield rows.flatMap(({ id }) => idOfRow(String(id)) ?? []);
      if (rows.length < pageSize) return;
      last = String(rows.at(-1)?.['id']);
    }
  }

  async idsOfUser(userId: string): Promise<readonly string[]> {
    const { line, statements } = this.parts;
    const values = [rowIdOf(userId), this.now()];
    const { rows } = await line.query('session.postgres.idsOfUser', statements.idsOfUser, values);
    return rows.flatMap(({ id }) => idOfRow(String(id)) ?? []);
  }

  async touch(id: string, touch: SessionTouch, dirty: boolean): Promise<HeldSession | undefined> {
    const { line, statements } = this.parts;
    const values = [rowIdOf(id), touch.expiresAt, touch.version, this.now()];
    const operation = 'session.postgres.touch';
    const row = dirty
      ? await this.inDoubt(operation, statements.touchDirty, values)
      : (await line.query(operation, statements.touch, values)).rows[0];
    return row === undefined ? undefined : this.heldOf(row);
  }

  async forget(id: string, { version, expiryVersion }: SessionEntry): Promise<void> {
    const { line, statements } = this.parts;
    const values = [rowIdOf(id), version, expiryVersion, this.generation];
    await line.query('session.postgres.forget', statements.forget, values);
  }

  /** One node drains at a time; the others find nothing to do. */
  async *drain(batchSize: number): AsyncGenerator<readonly DirtySession[]> {
    const { line, statements, errands } = this.parts;
    const { generation } = this;
    let last: readonly [number, string] = [-1, ''];
    try {
      while (await errands.claim('drain', this.owner, DRAIN_LEASE_MS)) {
        const startedAt = performance.now();
        const values = [generation, this.now(), ...last, batchSize];
        const { rows } = await line.query('session.postgres.drain', statements.dirty, values);
        if (rows.length > 0) yield rows.flatMap((row) => dirtyOf(row));
        const final = rows.at(-1);
        if (final === undefined || rows.length < batchSize) break;
        last = [Number(final['confirmed']), String(final['id'])];
        await new Promise((resolve) => setTimeout(resolve, Math.min(MOST_REST_MS, performance.now() - startedAt)));
      }
    } finally {
      // Also of a drain that was left early; one that cannot say so runs out.
      await errands.release('drain', this.owner).catch(() => undefined);
    }
  }

  confirm(id: string, entry: SessionEntry): Promise<void> {
    return this.parts.confirmations.add({ id: rowIdOf(id), entry }, this.generation);
  }

  /** The ledger's generations do that. */
  async markAllDirty(): Promise<void> {}

  private get generation(): number {
    return this.ledger.page?.generation ?? 1;
  }

  private async write(
    id: string,
    entry: SessionEntry,
    dirty: boolean,
    texts: { readonly clean: string; readonly dirty: string },
    more: readonly unknown[],
  ): Promise<HeldSession | undefined> {
    // Before anything is awaited: what Redis confirmed, it confirmed in the generation that is known now.
    const { generation } = this;
    const { version, expiryVersion, expiresAt, data, userId } = entry;
    const user = userId === undefined ? null : rowIdOf(userId);
    const fields = [rowIdOf(id), version, expiryVersion, expiresAt, data ?? null];
    const valuesOf = (confirmed: number): unknown[] => [...fields, confirmed, user, generation, this.now(), ...more];
    const operation = 'session.postgres.put';
    if (!dirty && this.ledger.page !== undefined) {
      const { rows } = await this.parts.line.query(operation, texts.clean, valuesOf(generation));
      if (rows[0] !== undefined) return this.heldOf(rows[0], entry);
    }
    const row = await this.inDoubt(operation, texts.dirty, valuesOf(0));
    return row === undefined ? undefined : this.heldOf(row, entry);
  }

  /** A change that Redis lacks: written while every node reads both, and settled when every node is known to. */
  private async inDoubt(operation: string, text: string, values: readonly unknown[]): Promise<PostgresRow | undefined> {
    const { line, statements, ledger } = this.parts;
    for (let attempt = 0, epoch: unknown; attempt < ATTEMPTS; attempt += 1) {
      const [row] = (await line.query(operation, text, values)).rows;
      if (row !== undefined) {
        await ledger.untilKnown(Number(row['epoch']));
        return row;
      }
      const [doubt] = (await line.query(operation, statements.inDoubt, [])).rows;
      // In the same doubt before and after it: a statement with a condition of its own found no such row.
      if (doubt !== undefined && doubt['epoch'] === epoch && text !== statements.putDirty) return undefined;
      epoch = doubt?.['epoch'];
      if (doubt === undefined) await ledger.announce();
    }
    line.prepareAgain(); // the ledger has no row to announce it in
    throw postgresUnavailable(operation);
  }

  private heldOf(row: PostgresRow, sent?: SessionEntry): HeldSession {
    return heldOf(row, this.generation, sent);
  }
}
