import type { RedisErrorKind } from '../../errors/redis-error-kind.js';
import type { RedisError } from '../../errors/redis.error.js';
import { withDeadline } from '../../utils/deadline.js';
import { ClientLease } from './client-lease.js';
import type { PostgresPool, PostgresPoolClient, PostgresResult } from './postgres-client.interface.js';
import { isPostgresLoss, postgresTimeout, postgresUnavailable, toPostgresError } from './postgres-error.js';

/** After so many losses in a row nobody waits any more; the ledger's loop asks in the background. */
const LOSSES_TO_CLOSE = 3;
const PREPARE_TIMEOUT_MS = 10_000;
/** Longer than what was refused waits to be tried again. What nobody asks for any more is not told for ever. */
const REFUSAL_MS = 5_000;
/** A role that lacks a right is refused again and again, and the tables are not looked for as often. */
const PREPARE_PAUSE_MS = 1_000;
/** What the server refuses where a table is gone, or changed, or another's. */
const OF_TABLES: ReadonlySet<RedisErrorKind> = new Set(['configuration', 'permission']);

/**
 * Statements to Postgres, each within a deadline that includes the wait for a client. A client that did not answer in
 * time is destroyed, for a frozen server keeps its socket open for ever; a server that is lost costs three deadlines and
 * not one a request.
 *
 * @internal
 */
export class PostgresLine {
  private losses = 0;
  private answeredAt = 0;
  private readonly madeAt = performance.now();
  private isDown = false;
  private lastLoss: RedisError | undefined;
  /** What is refused, by operation: over with the next of its kind that is not. */
  private readonly refusals = new Map<string, { readonly error: RedisError; readonly at: number }>();
  /** What a statement needs before the first: made once, and tried again after a failure. */
  private readiness: Promise<void> | undefined;
  private isPrepared = false;
  /** Undefined while it is being made. */
  private preparedAt: number | undefined;

  constructor(
    private readonly pool: PostgresPool,
    readonly timeoutMs: number,
    private readonly prepare: (client: PostgresPoolClient) => Promise<void>,
    private readonly onChange: (error: RedisError | undefined) => void,
  ) {}

  get isUp(): boolean {
    return !this.isDown;
  }

  /** Whether the tables were of use when they were last looked for: without them this node takes no part in anything. */
  get isReady(): boolean {
    return this.isPrepared;
  }

  /** Why it does not answer, or what it refuses; undefined while all is well. */
  get lastError(): RedisError | undefined {
    if (this.isDown) return this.lastLoss;
    const since = performance.now() - REFUSAL_MS;
    return [...this.refusals.values()].find(({ at }) => at > since)?.error;
  }

  /** One statement. */
  async query(operation: string, text: string, values: readonly unknown[]): Promise<PostgresResult> {
    return this.run(operation, (client) => client.query(text, values));
  }

  /** Several statements on one client. */
  async run<T>(operation: string, action: (client: PostgresPoolClient) => Promise<T>): Promise<T> {
    if (this.isDown) throw postgresUnavailable(operation, this.lastLoss);
    return this.attempt(operation, action);
  }

  /** Asks whether it is back, or there at all; never rejects. */
  async probe(): Promise<boolean> {
    return this.attempt('session.postgres', (client) => client.query('SELECT 1')).then(
      () => true,
      () => false,
    );
  }

  /** The tables may be gone, or changed: they are looked for, and made where they may be, before the next statement. */
  prepareAgain(): void {
    if (this.preparedAt === undefined || performance.now() - this.preparedAt < PREPARE_PAUSE_MS) return;
    this.readiness = undefined;
  }

  private async attempt<T>(operation: string, action: (client: PostgresPoolClient) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await this.bounded(operation, this.timeoutMs, action, () => this.ready());
      this.succeeded(operation);
      return result;
    } catch (error) {
      const failure = toPostgresError(error, operation);
      if (isPostgresLoss(failure)) this.failed(failure, startedAt);
      else this.refused(operation, failure);
      throw failure;
    }
  }

  /** One makes the tables, for all that wait, and has longer than they have. */
  private async ready(): Promise<void> {
    if (this.readiness === undefined) {
      this.preparedAt = undefined;
      this.readiness = this.bounded('session.postgres', PREPARE_TIMEOUT_MS, this.prepare);
      this.readiness.then(
        () => this.prepared(),
        (error: unknown) => this.unprepared(toPostgresError(error, 'session.postgres')),
      );
    }
    await this.readiness;
  }

  private prepared(): void {
    this.isPrepared = true;
    this.preparedAt = performance.now();
  }

  /** Without its tables it is of no use, whatever the reason, and is asked again in the background. */
  private unprepared(error: RedisError): void {
    this.readiness = undefined;
    // A server that is lost keeps its tables.
    if (!isPostgresLoss(error)) this.isPrepared = false;
    this.down(error);
  }

  private async bounded<T>(
    operation: string,
    ms: number,
    action: (client: PostgresPoolClient) => Promise<T>,
    before?: () => Promise<void>,
  ): Promise<T> {
    const lease = new ClientLease(this.pool);
    const work = async (): Promise<T> => {
      await before?.();
      return lease.use(action);
    };
    try {
      return await withDeadline(work(), ms, () => postgresTimeout(operation, ms));
    } catch (error) {
      const failure = toPostgresError(error, operation);
      // What the server refused leaves its client as good as it was.
      if (failure.outcome !== 'rejected') lease.abandon();
      throw failure;
    } finally {
      lease.end();
    }
  }

  private succeeded(operation: string): void {
    this.losses = 0;
    this.answeredAt = performance.now();
    const wasWell = !this.isDown && this.refusals.size === 0;
    this.refusals.delete(operation);
    if (this.isDown || this.lastError === undefined) this.refusals.clear(); // of another life, or long ago
    if (wasWell || this.refusals.size > 0) return;
    this.isDown = false;
    this.onChange(undefined);
  }

  /** It answers: the others are asked all the same. What is refused of one session alone tells nothing of Postgres. */
  private refused(operation: string, error: RedisError): void {
    if (OF_TABLES.has(error.redisErrorKind)) this.prepareAgain();
    if (this.isDown || error.outcome !== 'rejected' || error.redisErrorKind === 'serialization') return;
    const isNews = this.refusals.size === 0;
    this.refusals.set(operation, { error, at: performance.now() });
    if (isNews) this.onChange(error);
  }

  /** One that was slow while others were answered is no sign that the server is lost. */
  private failed(error: RedisError, startedAt: number): void {
    if (error.redisErrorKind === 'closed') return this.ended(error);
    if (this.answeredAt > startedAt) return;
    this.losses += 1;
    this.lastLoss = error;
    const isSilent = error.redisErrorKind === 'command-timeout';
    // Many that wait at the same time are one sign of a slow server; that nobody is answered for so long is one of a lost one.
    if (isSilent && performance.now() - Math.max(this.answeredAt, this.madeAt) < 2 * this.timeoutMs) return;
    if (this.losses >= LOSSES_TO_CLOSE) this.down(error);
  }

  /** A pool that its owner ended gives no client ever again. */
  private ended(error: RedisError): void {
    this.isPrepared = false;
    this.down(error);
  }

  private down(error: RedisError): void {
    this.lastLoss = error;
    if (this.isDown) return;
    this.isDown = true;
    this.onChange(error);
  }
}
