import { Subject, type Observable } from 'rxjs';
import type { CommandGuard } from '../commands/command-guard.interface.js';
import { GuardedCommands } from '../commands/redis.commands.js';
import type { DriverClient } from '../drivers/driver.interface.js';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisClient, RedisDriverName } from '../interfaces/redis-client.interface.js';
import type { RedisCommands } from '../interfaces/redis-commands.interface.js';
import type {
  EnsureReadyOptions,
  RedisConnectionHandle,
  RedisConsumer,
} from '../interfaces/redis-connection.interface.js';
import type { RedisSettings } from '../interfaces/redis-settings.interface.js';
import type { RedisState, RedisStateChange } from '../interfaces/redis-state.interface.js';
import { traced } from '../utils/operation-trace.js';
import { CommandGate } from './command-gate.js';
import { CommandKeeper } from './command-keeper.js';
import { ConnectionErrors } from './connection-errors.js';
import { ConnectionLife } from './connection-life.js';
import { ConsumerRegistry } from './consumer-registry.js';
import { DuplicateSet } from './duplicate-set.js';
import { endpointText } from './endpoint-text.js';
import type { MasterLead } from './sentinel/master-lead.js';
import { secretsOf } from './secrets-of.js';
import { StopClock } from './stop-clock.js';
import type { Expected, RedisRole } from './verify-connection.js';

/** Our handle on one client: one loop, one socket. What needs its own is one of the {@link duplicates}. @internal */
export class RedisConnection implements RedisConnectionHandle {
  readonly commands: RedisCommands;
  /** For what speaks to the native client past the port. */
  readonly guard: CommandGuard;
  /** Says when shutdown began, and when its time is over. */
  readonly stopClock: StopClock;
  readonly duplicates: DuplicateSet;
  /** First attempts that failed, while the state still says `connecting`. */
  readonly trouble$ = new Subject<RedisError>();
  private readonly errors: ConnectionErrors;
  private readonly life: ConnectionLife;
  private readonly keeper: CommandKeeper;
  private readonly registry = new ConsumerRegistry();
  private expected: Expected = {};
  private ending: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly settings: RedisSettings,
  ) {
    this.errors = new ConnectionErrors(this, secretsOf(settings), settings.tls?.ca !== undefined);
    this.life = new ConnectionLife(name, settings, this.errors, {
      onConnected: () => this.keeper.onConnected(),
      onTrouble: (error) => this.trouble$.next(error),
      onLost: () => this.keeper.stopWatching(),
    });
    this.keeper = new CommandKeeper(name, settings, this.errors, this.life, (reason) => this.discard(reason));
    this.guard = new CommandGate(this.keeper);
    this.commands = this.commandsUnder('');
    this.stopClock = new StopClock(settings.shutdownTimeoutMs);
    this.duplicates = new DuplicateSet(this, (purpose) => this.makeDuplicate(purpose));
  }

  get endpoint(): string {
    return this.life.lead?.endpoint ?? endpointText(this.settings);
  }

  get state(): RedisState {
    return this.life.state;
  }

  get state$(): Observable<RedisStateChange> {
    return this.life.state$;
  }

  /** Each call of the port that was told that it failed, and why. */
  get failedCall$(): Observable<RedisError> {
    return this.keeper.failed$;
  }

  get isEnabled(): boolean {
    return this.settings.enabled;
  }

  get driver(): RedisDriverName | undefined {
    return this.life.client?.driver;
  }

  get lastError(): RedisError | undefined {
    return this.life.lastError;
  }

  get role(): RedisRole {
    return this.life.role;
  }

  get isConfined(): boolean {
    return this.keeper.forbidden.isAny;
  }

  get commandTimeoutMs(): number {
    return this.settings.commandTimeoutMs;
  }

  get sockets(): Readonly<Record<string, number>> {
    return { client: this.socketCount, ...this.life.lead?.sockets, ...this.duplicates.sockets };
  }

  /** Sockets of this connection alone, its duplicates left out. */
  get socketCount(): number {
    return this.state === 'connected' ? (this.life.client?.socketCount ?? 1) : 0;
  }

  get consumers(): readonly RedisConsumer[] {
    return this.registry.list;
  }

  /** The native client, whatever its state: what the injection token holds. */
  get native(): RedisClient {
    if (this.life.client === undefined) throw this.keeper.refusalNow('getClient');
    return this.life.client.native;
  }

  /** Whether this is the connection of that client. */
  livesOn(client: RedisClient): boolean {
    return this.life.client?.native === client;
  }

  registerConsumer(consumer: RedisConsumer): () => void {
    return this.registry.register(consumer);
  }

  /** The port with a further prefix after the configured one. */
  commandsUnder(prefix: string, Commands = GuardedCommands): RedisCommands {
    return new Commands(this.guard, this.settings.keyPrefix + prefix);
  }

  /** Takes the client to live on. Once, before anyone asks for it. `lead`: behind sentinels. `origin`: of a duplicate. */
  use(client: DriverClient, expected: Expected, lead?: MasterLead, origin?: ConnectionLife): void {
    this.expected = expected;
    this.keeper.use(client.send, () => client.nodes());
    this.life.use(client, expected, lead, origin);
  }

  ensureReadyClient(options: EnsureReadyOptions = {}): Promise<RedisClient> {
    if (this.life.isUp) return Promise.resolve(this.native);
    if (this.life.isEnding || this.life.client === undefined) return Promise.reject(this.keeper.refusalNow('connect'));
    return traced(this, 'connection', 'connect', () => this.life.ensure(options));
  }

  /** Starts to connect, without waiting. */
  begin(): void {
    this.life.begin();
  }

  getClient(): RedisClient {
    if (!this.life.isUp) throw this.keeper.refusalNow('getClient');
    return this.native;
  }

  /** Why nothing may be sent now; undefined where it may. */
  refusal(operation: string): RedisError | undefined {
    return this.keeper.refusal(operation);
  }

  /** What a rejection of the native client means; learns from it as the port does. */
  toError(error: unknown, operation: string, elapsedMs: number): RedisError {
    return this.keeper.onRejected(error, operation, elapsedMs);
  }

  distrust(reason: Error): void {
    this.discard(reason);
  }

  /** Throws the socket away, and those of the duplicates: they lead to the same server. `isUrgent`: no pause after it. */
  discard(reason: Error, isUrgent = false): void {
    this.life.discard(reason, isUrgent);
    this.duplicates.discard(reason, isUrgent);
  }

  /** Closes what it opened, once: the duplicates by force, then the client, gracefully for `graceMs`, then by force. */
  close(graceMs = Math.min(this.settings.shutdownTimeoutMs / 3, this.stopClock.leftMs / 2)): Promise<void> {
    this.life.isEnding = true;
    return (this.ending ??= this.end(graceMs));
  }

  private async end(graceMs: number): Promise<void> {
    this.keeper.stopWatching();
    await this.duplicates.close();
    await this.life.end(graceMs);
    this.stopClock.end();
  }

  private makeDuplicate(purpose: string): RedisConnection {
    if (this.life.isEnding) throw this.keeper.refusalNow('duplicate');
    // Its socket may be held by a blocking command for as long as the caller likes: PING would wait behind it.
    const duplicate = new RedisConnection(`${this.name}/${purpose}`, { ...this.settings, watchdogIntervalMs: 0 });
    const client = this.life.client?.duplicate();
    if (client !== undefined) duplicate.use(client, this.expected, this.life.lead?.ofDuplicate(client), this.life);
    return duplicate;
  }
}
