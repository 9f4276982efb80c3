import type { Observable, Subscription } from 'rxjs';
import type { DriverClient } from '../drivers/driver.interface.js';
import { connectionClosed } from '../errors/connection-closed.js';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisClient } from '../interfaces/redis-client.interface.js';
import type { EnsureReadyOptions } from '../interfaces/redis-connection.interface.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import type { RedisState, RedisStateChange } from '../interfaces/redis-state.interface.js';
import { startDeadline, type Deadline } from '../utils/deadline.js';
import type { ConnectionErrors } from './connection-errors.js';
import { ConnectionLoop } from './connection-loop.js';
import { LifeEvents } from './life-events.js';
import { NameWatch } from './name-watch.js';
import { ReadyWaiters } from './ready-waiters.js';
import { isVerdict, mayHurry, retryDelayMs } from './retry-policy.js';
import type { MasterLead } from './sentinel/master-lead.js';
import { StateMachine } from './state-machine.js';
import type { Expected, RedisRole } from './verify-connection.js';

/** How long a server that took the connection may be silent before the attempt is given up. */
const HANDSHAKE_MS = 2_000;

/** @internal */
export interface LifeHooks {
  onConnected(): void;
  /** The first attempt of a first connection failed; more follow, up to the end of the time for it. */
  onTrouble(error: RedisError): void;
  onLost(): void;
}

/** From the first attempt to the end: the state, the loop that changes it, and those who wait for it. @internal */
export class ConnectionLife {
  role: RedisRole = 'unconfirmed';
  lastError: RedisError | undefined;
  client: DriverClient | undefined;
  /** Behind sentinels: the way to the master. */
  lead: MasterLead | undefined;
  isEnding = false;

  private readonly machine: StateMachine;
  private readonly waiters: ReadyWaiters;
  private readonly names: NameWatch;
  private readonly events: LifeEvents;
  private loop: ConnectionLoop | undefined;
  private failures = 0;
  private failuresBefore = 0;
  private window: Deadline | undefined;
  private following: Subscription | undefined;

  constructor(
    name: string,
    private readonly settings: RedisSettings,
    private readonly errors: ConnectionErrors,
    private readonly hooks: LifeHooks,
  ) {
    this.names = new NameWatch(settings);
    this.events = new LifeEvents(name);
    this.machine = new StateMachine(settings.enabled ? 'uninitialized' : 'disabled');
    this.waiters = new ReadyWaiters({
      passed: (timeoutMs) => errors.waitPassed(timeoutMs, this.reason),
      aborted: (reason) => errors.waitAborted(reason),
    });
    this.machine.changes$.subscribe((change) => this.events.changed(change));
  }

  get state(): RedisState {
    return this.machine.state;
  }

  get state$(): Observable<RedisStateChange> {
    return this.machine.changes$;
  }

  get isUp(): boolean {
    // The driver may know of a loss before its event has reached the loop.
    return this.machine.state === 'connected' && !this.isEnding && this.client?.isReady === true;
  }

  /** `origin`: of a duplicate, whose server is the same. */
  use(client: DriverClient, expected: Expected, lead: MasterLead | undefined, origin?: ConnectionLife): void {
    this.client = client;
    this.lead = lead;
    const handshakeMs = Math.min(HANDSHAKE_MS, this.settings.connectTimeoutMs);
    this.following = origin?.state$.subscribe(({ to }) => to === 'connected' && this.catchUp());
    this.loop = new ConnectionLoop(client, expected, handshakeMs, {
      hindrance: () => (origin === undefined || origin.isUp ? undefined : this.hindranceOf(origin)),
      beforeAttempt: async () => {
        this.events.attempting();
        await lead?.beforeAttempt();
        if (lead === undefined) this.names.begin();
      },
      onVerified: (role) => lead?.onVerified(role),
      onConnected: (role) => this.onConnected(client.native, role),
      onLost: (reason) => this.onLost(reason),
      onFailed: (error, failures) => this.onFailed(error, failures),
      afterLoss: (quickLosses) => retryDelayMs('connection-lost', quickLosses),
    });
  }

  /** Joins the attempt in flight, or starts one. */
  ensure(options: EnsureReadyOptions): Promise<RedisClient> {
    const waiting = this.waiters.join(options.timeoutMs ?? this.settings.connectTimeoutMs, options.signal);
    if (options.signal?.aborted === true) return waiting;
    this.begin();
    if (this.state === 'connecting') this.events.joined();
    return waiting;
  }

  /** Starts to connect, without waiting; after `failed`, afresh. */
  begin(): void {
    if (this.isEnding || this.state === 'connecting' || !this.machine.can('connecting')) return;
    // Afresh: with the long pauses of the attempt before, this one's time could be over before it tried twice.
    this.failuresBefore = this.failures;
    this.machine.to('connecting');
    this.window = startDeadline(this.settings.connectTimeoutMs, () => this.giveUp());
    this.loop?.start();
    if (mayHurry(this.lastError?.redisErrorKind, this.failures)) this.loop?.hurry();
  }

  discard(reason: Error, isUrgent: boolean): void {
    this.loop?.discard(reason);
    if (isUrgent) this.loop?.hurry();
  }

  async end(graceMs: number): Promise<void> {
    this.window?.stop();
    this.names.end();
    this.following?.unsubscribe();
    this.waiters.reject(this.errors.closed('connect'));
    await Promise.all([this.lead?.close(), this.loop?.stop(graceMs)]);
    if (this.machine.can('closed')) this.machine.to('closed');
  }

  /** What keeps the origin from connecting would keep this one, too; and what refuses logins is asked once. */
  private hindranceOf({ state, lastError }: ConnectionLife): RedisError {
    return lastError ?? this.errors.notConnected('connect', state, undefined);
  }

  /** The origin is back: so may this one be, without a pause. */
  private catchUp(): void {
    if (this.state !== 'connected') this.loop?.hurry();
  }

  private onConnected(native: RedisClient, role: RedisRole): void {
    this.names.end();
    this.window?.stop();
    this.role = role;
    this.failures = 0;
    this.failuresBefore = 0;
    this.lastError = undefined;
    this.events.connected();
    // Connected while closing: what the hooks would start, nobody would stop.
    if (!this.isEnding) this.hooks.onConnected();
    this.waiters.resolve(native);
    this.machine.to('connected');
  }

  private onLost(reason: unknown): void {
    this.lastError = this.errors.ofConnecting(reason ?? connectionClosed());
    this.events.lost(this.lastError.redisErrorKind);
    this.hooks.onLost();
    this.machine.to('reconnecting', this.lastError);
  }

  private onFailed(error: unknown, failures: number): number {
    this.names.end();
    const told = this.errors.ofConnecting(this.names.reasonOf(error));
    const kind = told.redisErrorKind;
    this.failures = failures;
    this.lastError = told;
    this.events.failed(kind);
    if (isVerdict(kind)) this.fail(told);
    else if (failures === 1 && this.state === 'connecting') this.hooks.onTrouble(told);
    return retryDelayMs(kind, Math.max(1, failures - this.failuresBefore));
  }

  /** The time for a first connection is over. The loop goes on trying, quietly. */
  private giveUp(): void {
    this.fail(this.errors.waitPassed(this.settings.connectTimeoutMs, this.reason));
  }

  /** Why nothing has come of it so far, where that is known. */
  private get reason(): RedisError | undefined {
    const { reason } = this.names;
    return this.lastError ?? (reason && this.errors.ofConnecting(reason));
  }

  private fail(error: RedisError): void {
    this.window?.stop();
    // First those who wait: a listener of the change may begin afresh, and its wait is not theirs.
    this.waiters.reject(error);
    if (this.machine.can('failed')) this.machine.to('failed', error);
  }
}
