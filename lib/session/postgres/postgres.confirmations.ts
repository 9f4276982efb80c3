import { createDeferred } from '../../utils/deferred.js';
import type { Deferred } from '../../utils/deferred.js';
import { isTombstone } from '../join-entries.js';
import type { SessionEntry } from '../interfaces/session-entry.interface.js';
import type { PostgresLine } from './postgres.line.js';
import type { PostgresStatements } from './postgres.statements.js';

interface Confirmation {
  readonly id: string;
  readonly entry: SessionEntry;
}

interface Batch {
  readonly generation: number;
  readonly confirmations: Confirmation[];
  readonly done: Deferred<void>;
}

/** Confirmations of one turn go in one statement: a drain makes as many at once as its batches are long. @internal */
export class PostgresConfirmations {
  private batch: Batch | undefined;

  constructor(
    private readonly line: PostgresLine,
    private readonly statements: PostgresStatements,
  ) {}

  add(confirmation: Confirmation, generation: number): Promise<void> {
    if (this.batch?.generation !== generation) this.begin(generation);
    this.batch?.confirmations.push(confirmation);
    return this.batch?.done.promise ?? Promise.resolve();
  }

  private begin(generation: number): void {
    const batch: Batch = { generation, confirmations: [], done: createDeferred<void>() };
    this.batch = batch;
    setImmediate(() => {
      if (this.batch === batch) this.batch = undefined;
      this.write(batch).then(
        () => batch.done.resolve(),
        (error: unknown) => batch.done.reject(error),
      );
    });
  }

  private async write({ generation, confirmations }: Batch): Promise<void> {
    // In one order on every node, so that no two wait for each other.
    const sorted = confirmations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const column = <T>(of: (entry: SessionEntry) => T): T[] => sorted.map(({ entry }) => of(entry));
    await this.line.query('session.postgres.confirm', this.statements.confirm, [
      generation,
      sorted.map(({ id }) => id),
      column(({ version }) => version),
      column(({ expiryVersion }) => expiryVersion),
      column(isTombstone),
    ]);
  }
}
