import { createDeferred } from '../../utils/deferred.js';
import { backoffMs } from '../../utils/backoff.js';
import { createPause } from '../../utils/pause.js';
import type { Pause } from '../../utils/pause.js';
import { Acknowledgements } from './acknowledgements.js';
import { pageOf } from './ledger.page.js';
import type { FullPage } from './ledger.page.js';
import type { LedgerStatements } from './ledger.statements.js';
import type { PostgresClient, PostgresNotification } from './postgres-client.interface.js';
import { isPostgresLoss, toPostgresError } from './postgres-error.js';
import { WatchConnection } from './watch-connection.js';
import type { WatchedLine } from './watched-line.interface.js';

/** For how long a page that was read holds: see PostgresLedger. */
export const LEASE_MS = 800;
const INTERVAL_MS = 250;
const OPERATION = 'session.postgres.ledger';
/** So many of its failures in a row make a line that is down. */
const LOOKS = 3;

/**
 * Reads the ledger's page a few times a second, and at once when it is notified, on a connection of its own that also
 * holds the lock by which others see that this node lives. A page is good only if the same backend answered that
 * holds the lock: through a pooler in transaction mode none does, and this node then reads both for ever.
 *
 * @internal
 */
export class PostgresWatch {
  private connection: WatchConnection | undefined;
  private current: FullPage | undefined;
  private validUntil = 0;
  private pid = 0;
  private isClosed = false;
  private failures = 0;
  private pause: Pause | undefined;
  private running: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  private readonly first = createDeferred<void>();
  private dirtyUntil = 0;
  private acknowledgedEpoch = -1;
  private readonly listeners: (() => void)[] = [];
  /** What other nodes said that they know. */
  readonly known = new Acknowledgements();

  constructor(
    private readonly makeClient: () => PostgresClient,
    private readonly statements: LedgerStatements,
    private readonly timeoutMs: number,
    private readonly line: WatchedLine,
    private readonly now: () => number = Date.now,
  ) {}

  get page(): FullPage | undefined {
    return this.current;
  }

  get isCurrent(): boolean {
    return performance.now() < this.validUntil;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Begins, and waits for the first page, or for the first failure. */
  async start(): Promise<void> {
    this.running ??= this.loop();
    await this.first.promise;
  }

  /** Reads the page now. What is not read in time leaves the lease to run out. */
  async refresh(): Promise<void> {
    const { connection } = this;
    if (connection === undefined) return;
    // A read that began before is not an answer to this.
    await this.reading?.catch(() => undefined);
    await this.read(connection).catch(() => this.drop(connection));
  }

  /** This node writes what Redis lacks: others are not to believe Redis alone again between two such changes. */
  keepInDoubt(): void {
    this.dirtyUntil = performance.now() + INTERVAL_MS;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.pause?.end();
    if (this.connection) this.drop(this.connection);
    await this.running;
  }

  /** One connection after the other, until closed. */
  private async loop(): Promise<void> {
    while (!this.isClosed) {
      if (this.line.isReady) await this.connectOnce();
      else this.failures += 1;
      this.first.resolve();
      await this.look();
      if (!this.isClosed) await this.rest(backoffMs(this.failures));
    }
  }

  private async connectOnce(): Promise<void> {
    const connection = new WatchConnection(this.makeClient(), OPERATION, this.timeoutMs, {
      lost: (lost) => this.drop(lost),
      heard: (message) => this.hear(message),
    });
    this.connection = connection;
    await this.live(connection).catch(() => (this.failures += 1));
    this.drop(connection);
  }

  /** Until it is known whether Postgres is lost: there may be no request to tell. */
  private async look(): Promise<void> {
    for (let looks = 0; looks < LOOKS && !this.isClosed; looks += 1) if (await this.line.tend()) return;
  }

  private async live(connection: WatchConnection): Promise<void> {
    await this.join(connection);
    this.first.resolve();
    while (this.isOn(connection)) {
      await this.rest(INTERVAL_MS);
      await this.line.tend();
      if (!this.line.isReady) return;
      if (this.isOn(connection)) await this.read(connection);
    }
  }

  private isOn(connection: WatchConnection): boolean {
    return !this.isClosed && this.connection === connection;
  }

  private async join(connection: WatchConnection): Promise<void> {
    await connection.open();
    const { rows } = await connection.ask(this.statements.join);
    this.pid = Number(rows[0]?.['pid']);
    await connection.ask(this.statements.listen);
    await this.read(connection);
    this.failures = 0;
  }

  private async read(connection: WatchConnection): Promise<void> {
    this.reading = this.readPage(connection).finally(() => (this.reading = undefined));
    await this.reading.catch((error: unknown) => {
      if (!isPostgresLoss(toPostgresError(error, OPERATION))) this.line.prepareAgain();
      throw error;
    });
  }

  private async readPage(connection: WatchConnection): Promise<void> {
    const askedAt = performance.now();
    if (askedAt < this.dirtyUntil) await connection.ask(this.statements.cutOff);
    const { rows } = await connection.ask(this.statements.page, [this.now()]);
    const [row] = rows;
    if (this.connection !== connection) return;
    if (row === undefined) return this.lacks();
    this.current = pageOf(row);
    this.validUntil = Number(row['pid']) === this.pid ? askedAt + LEASE_MS : 0;
    this.tell();
    const { inDoubt, epoch } = this.current;
    if (!inDoubt || this.acknowledgedEpoch >= epoch) return;
    await connection.ask(this.statements.acknowledge, [epoch]);
    this.acknowledgedEpoch = epoch;
  }

  /** The tables were emptied. What was read before is no longer what others read. */
  private lacks(): void {
    this.validUntil = 0;
    this.line.prepareAgain();
    this.tell();
  }

  private hear({ payload, processId }: PostgresNotification): void {
    if (payload?.startsWith('known:')) this.known.add(processId, Number(payload.slice(6)));
    else void this.refresh();
  }

  private drop(connection: WatchConnection): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.validUntil = 0;
    this.acknowledgedEpoch = -1;
    this.pause?.end();
    connection.end();
    this.tell();
  }

  private async rest(ms: number): Promise<void> {
    this.pause = createPause(ms);
    await this.pause.done;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
