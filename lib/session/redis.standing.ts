import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { RedisState } from '../interfaces/redis-state.interface.js';
import type { RedisError } from '../errors/redis.error.js';
import { mayFallBack, isWriteRefusal } from './session.error.js';

/** Told of each outage as it is met. @internal */
export type OutageListener = (error: RedisError) => void;

/**
 * What the last answers say about Redis: whether it answers, whether it takes writes, and whether it is known to have kept
 * what it confirmed. Every call is tried, since the port refuses at once where trying is useless; so the first call that
 * succeeds ends an outage.
 *
 * @internal
 */
export class RedisStanding {
  private answers = true;
  private takesWrites = true;
  private epoch = 0;
  /** The first connection has nothing to be doubted: no copy was made before it. */
  private verifiedAt = 0;

  constructor(
    private readonly connection: RedisConnectionHandle,
    private readonly onOutage: OutageListener,
    private readonly onChange: () => void,
  ) {}

  /** Aborted when the app's shutdown may wait for Redis no longer; undefined where nobody counts. */
  get timeIsUp(): AbortSignal | undefined {
    return this.connection.stopClock?.passed;
  }

  get isEnabled(): boolean {
    return this.connection.isEnabled;
  }

  get state(): RedisState {
    return this.connection.state;
  }

  get isConnected(): boolean {
    return this.state === 'connected';
  }

  get endpoint(): string {
    return this.connection.endpoint;
  }

  /** Why the connection is not up; undefined while it is. */
  get connectionError(): RedisError | undefined {
    return this.connection.lastError;
  }

  get isAnswering(): boolean {
    return this.isConnected && this.answers;
  }

  /** Whether it answers, takes writes and is not in doubt. */
  get isWell(): boolean {
    return this.isAnswering && this.takesWrites && this.isVerified;
  }

  /** Whether what Redis confirmed is still there, as far as can be told: only then may it say "not found" of a copy. */
  get isVerified(): boolean {
    return this.verifiedAt === this.epoch;
  }

  /** Names the present life of the connection; a verification holds for that life only. */
  get life(): number {
    return this.epoch;
  }

  async attempt<T>(action: 'read' | 'write', call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.set(true, action === 'write' || this.takesWrites);
      return result;
    } catch (error) {
      if (mayFallBack(error)) this.recordOutage(action, error);
      throw error;
    }
  }

  verified(life: number): void {
    this.verifiedAt = life;
    this.onChange();
  }

  /** The connection was lost: whoever answers next may have lost data. */
  lost(): void {
    this.epoch += 1;
    this.onChange();
  }

  /** A pass found nothing left to replay: the next write tells whether writes are taken. */
  recovered(): void {
    this.set(true, true);
  }

  private recordOutage(action: 'read' | 'write', error: RedisError): void {
    // A write that is forbidden does not tell whether reading is.
    const isForbidden = error.redisErrorKind === 'permission';
    if (action === 'write' && isWriteRefusal(error)) this.set(isForbidden ? this.answers : true, false);
    else this.set(false, this.takesWrites);
    this.onOutage(error);
  }

  private set(answers: boolean, takesWrites: boolean): void {
    if (this.answers === answers && this.takesWrites === takesWrites) return;
    this.answers = answers;
    this.takesWrites = takesWrites;
    this.onChange();
  }
}
