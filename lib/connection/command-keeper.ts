import { Subject } from 'rxjs';
import type { CommandSender } from '../commands/command-sender.interface.js';
import { ForeignReplyError } from '../commands/foreign-reply.error.js';
import { isReopenWorthy } from '../errors/is-reopen-worthy.js';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import { DeadlineQueue } from '../utils/deadline-queue.js';
import { REDIS_CHANNELS } from '../utils/redis-events.js';
import { Breaker } from './breaker.js';
import type { GateKeeper } from './command-gate.js';
import type { ConnectionErrors } from './connection-errors.js';
import type { ConnectionLife } from './connection-life.js';
import { ForbiddenOperations } from './forbidden-operations.js';
import { Watchdog } from './watchdog.js';

/** How long PING may take, where the command deadline is shorter. */
const ANSWER_MS = 1_000;

/** Between two new sockets for an error that a new socket may mend: doubled each time, while the error goes on. */
const REOPEN_FIRST_PAUSE_MS = 5_000;
const REOPEN_LONGEST_PAUSE_MS = 60_000;

/** Decides what may be sent, and learns from every answer and every missed deadline. @internal */
export class CommandKeeper implements GateKeeper {
  readonly deadlines: DeadlineQueue;
  readonly forbidden = new ForbiddenOperations();
  /** Each call that was told that it failed, and why. */
  readonly failed$ = new Subject<RedisError>();
  send: CommandSender = () => Promise.reject(this.refusalNow('send'));
  private nodesNow: () => readonly CommandSender[] = () => [];
  private readonly breaker: Breaker;
  private watchdog: Watchdog | undefined;
  private reopenedAt = -Infinity;
  private reopenPauseMs = REOPEN_FIRST_PAUSE_MS;

  constructor(
    readonly name: string,
    private readonly settings: RedisSettings,
    private readonly errors: ConnectionErrors,
    private readonly life: ConnectionLife,
    private readonly discard: (reason: Error) => void,
  ) {
    this.deadlines = new DeadlineQueue(settings.commandTimeoutMs);
    this.breaker = new Breaker(settings.breakerFailures, (open) => this.onBreaker(open));
  }

  get isCluster(): boolean {
    return this.settings.cluster !== undefined;
  }

  /** One at least: where nothing is connected, the one that refuses. */
  nodes(): readonly CommandSender[] {
    const nodes = this.nodesNow();
    return nodes.length > 0 ? nodes : [this.send];
  }

  use(send: CommandSender, nodes: () => readonly CommandSender[]): void {
    this.send = send;
    this.nodesNow = nodes;
    const { watchdogIntervalMs, commandTimeoutMs } = this.settings;
    if (watchdogIntervalMs === 0) return;
    this.watchdog = new Watchdog(nodes, watchdogIntervalMs, Math.max(ANSWER_MS, commandTimeoutMs), {
      onAnswer: () => this.breaker.close(),
      onMiss: (reason) => this.discard(this.errors.noAnswer(reason)),
    });
  }

  /** A new socket: what was missed on the old one says nothing of it. */
  onConnected(): void {
    this.breaker.close();
    this.watchdog?.start();
  }

  stopWatching(): void {
    this.watchdog?.stop();
  }

  refusal(operation: string): RedisError | undefined {
    return this.life.isUp && !this.breaker.isOpen ? undefined : this.refusalNow(operation);
  }

  refusalNow(operation: string): RedisError {
    const { state, isEnding, isUp, lastError } = this.life;
    if (state === 'disabled') return this.errors.disabled(operation, this.settings.disabledBy);
    if (isEnding || state === 'closed') return this.errors.closed(operation);
    if (isUp) return this.errors.breakerOpen(operation);
    return this.errors.notConnected(operation, state, lastError);
  }

  onAnswer(operation: string): void {
    this.breaker.answered();
    this.forbidden.allowed(operation);
  }

  onFailed(error: RedisError): void {
    this.failed$.next(error);
  }

  onForbidden(operation: string): void {
    // A refusal of our own, while the connection is down, has its kind from the login.
    if (this.life.isUp) this.forbidden.forbidden(operation);
  }

  tooLate(operation: string): RedisError {
    return this.errors.commandTimeout(operation, this.settings.commandTimeoutMs);
  }

  onMissed(operation: string, elapsedMs: number): RedisError {
    this.breaker.missed();
    this.watchdog?.checkNow();
    return this.errors.commandTimeout(operation, elapsedMs);
  }

  onRejected(error: unknown, operation: string, elapsedMs: number): RedisError {
    const told = this.errors.ofCommand(error, operation, elapsedMs);
    if (error instanceof ForeignReplyError) this.discard(error);
    if (told.outcome === 'rejected') this.breaker.answered();
    if (isReopenWorthy(error)) this.reopenOnce(told);
    return told;
  }

  /** A demoted or cut-off master says so with every write; a new socket may lead to its successor. */
  private reopenOnce(reason: RedisError): void {
    const now = performance.now();
    const sinceMs = now - this.reopenedAt;
    if (sinceMs < this.reopenPauseMs) return;
    const isNew = sinceMs > REOPEN_LONGEST_PAUSE_MS;
    this.reopenPauseMs = isNew ? REOPEN_FIRST_PAUSE_MS : Math.min(2 * this.reopenPauseMs, REOPEN_LONGEST_PAUSE_MS);
    this.reopenedAt = now;
    this.discard(reason);
  }

  private onBreaker(open: boolean): void {
    if (open) this.watchdog?.checkNow();
    if (REDIS_CHANNELS.breaker.hasSubscribers) REDIS_CHANNELS.breaker.publish({ connection: this.name, open });
  }
}
