import { withDeadline } from '../../utils/deadline.js';
import { createDeferred } from '../../utils/deferred.js';
import { backoffMs } from '../../utils/backoff.js';
import { createPause } from '../../utils/pause.js';
import type { Pause } from '../../utils/pause.js';
import { Acknowledgements } from './acknowledgements.js';
import { pageOf } from './ledger.page.js';
import type { FullPage } from './ledger.page.js';
import type { LedgerStatements } from './ledger.statements.js';
import type { PostgresClient, PostgresNotification, PostgresResult } from './postgres-client.interface.js';
import { destroySocket } from './postgres.pool.js';
import { postgresTimeout } from './postgres-error.js';

/** For how long a page that was read holds: see PostgresLedger. */
export const LEASE_MS = 800;
const INTERVAL_MS = 250;
/** A connection may take longer than an answer: it includes a name server and the login. */
const CONNECT_TIMEOUT_MS = 2_000;
const OPERATION = 'session.postgres.ledger';

/**
 * Reads the ledger's page a few times a second, and at once when it is notified, on a connection of its own that also
 * holds the lock by which others see that this node lives. A page is good only if the same backend answered that
 * holds the lock: through a pooler in transaction mode none does, and this node then reads both for ever.
 *
 * @internal
 */
export class PostgresWatch {
  private client: PostgresClient | undefined;
  private current: FullPage | undefined;
  private validUntil = 0;
  private pid = 0;
  private isClosed = false;
  private failures = 0;
  private pause: Pause | undefined;
  private running: Promise<void> | undefined;
  private reading: Promise<void> | undefined;
  private readonly first = createDeferred<void>();
  private last: Promise<unknown> = Promise.resolve();
  private dirtyUntil = 0;
  private acknowledgedEpoch = -1;
  private readonly listeners: (() => void)[] = [];
  /** What other nodes said that they know. */
  readonly known = new Acknowledgements();

  constructor(
    private readonly makeClient: () => PostgresClient,
    private readonly statements: LedgerStatements,
    private readonly timeoutMs: number,
    private readonly tend: () => Promise<void>,
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
    const { client } = this;
    if (client === undefined) return;
    // A read that began before is not an answer to this.
    await this.reading?.catch(() => undefined);
    await this.read(client).catch(() => this.drop(client));
  }

  /** This node writes what Redis lacks: others are not to believe Redis alone again between two such changes. */
  keepInDoubt(): void {
    this.dirtyUntil = performance.now() + INTERVAL_MS;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.pause?.end();
    if (this.client) this.drop(this.client);
    await this.running;
  }

  /** One connection after the other, until closed. */
  private async loop(): Promise<void> {
    while (!this.isClosed) {
      const client = this.makeClient();
      await this.live(client).catch(() => (this.failures += 1));
      this.first.resolve();
      this.drop(client);
      if (this.isClosed) return;
      await this.tend();
      await this.rest(backoffMs(this.failures));
    }
  }

  private async live(client: PostgresClient): Promise<void> {
    await this.open(client);
    this.first.resolve();
    while (this.isOn(client)) {
      await this.rest(INTERVAL_MS);
      await this.tend();
      if (this.isOn(client)) await this.read(client);
    }
  }

  private isOn(client: PostgresClient): boolean {
    return !this.isClosed && this.client === client;
  }

  private async open(client: PostgresClient): Promise<void> {
    const lost = createDeferred<never>();
    client.on('error', () => this.drop(client));
    client.on('end', () => {
      lost.reject(new Error('Connection ended'));
      this.drop(client);
    });
    client.on('notification', (message) => this.hear(message));
    this.client = client;
    const connected = Promise.race([client.connect(), lost.promise]);
    await withDeadline(connected, CONNECT_TIMEOUT_MS, () => postgresTimeout(OPERATION, CONNECT_TIMEOUT_MS));
    const { rows } = await this.ask(client, this.statements.join);
    this.pid = Number(rows[0]?.['pid']);
    await this.ask(client, this.statements.listen);
    await this.read(client);
    this.failures = 0;
  }

  private async read(client: PostgresClient): Promise<void> {
    this.reading = this.readPage(client).finally(() => (this.reading = undefined));
    await this.reading;
  }

  private async readPage(client: PostgresClient): Promise<void> {
    const askedAt = performance.now();
    if (askedAt < this.dirtyUntil) await this.ask(client, this.statements.cutOff);
    const { rows } = await this.ask(client, this.statements.page, [this.now()]);
    const [row] = rows;
    if (row === undefined || this.client !== client) return;
    this.current = pageOf(row);
    this.validUntil = Number(row['pid']) === this.pid ? askedAt + LEASE_MS : 0;
    this.tell();
    const { inDoubt, epoch } = this.current;
    if (!inDoubt || this.acknowledgedEpoch >= epoch) return;
    await this.ask(client, this.statements.acknowledge, [epoch]);
    this.acknowledgedEpoch = epoch;
  }

  private hear({ payload, processId }: PostgresNotification): void {
    if (payload?.startsWith('known:')) this.known.add(processId, Number(payload.slice(6)));
    else void this.refresh();
  }

  /** One after the other, as `pg` wants it; the deadline is that of each. */
  private ask(client: PostgresClient, text: string, values?: readonly unknown[]): Promise<PostgresResult> {
    const send = (): Promise<PostgresResult> =>
      withDeadline(client.query(text, values), this.timeoutMs, () => postgresTimeout(OPERATION, this.timeoutMs));
    const asked = this.last.then(send, send);
    this.last = asked.catch(() => undefined);
    return asked;
  }

  private drop(client: PostgresClient): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.validUntil = 0;
    this.acknowledgedEpoch = -1;
    this.pause?.end();
    // A frozen server never says goodbye.
    destroySocket(client);
    client.end().catch(() => undefined);
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
