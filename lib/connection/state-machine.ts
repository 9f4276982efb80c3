import { Subject, type Observable } from 'rxjs';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisState, RedisStateChange } from '../interfaces/redis-state.interface.js';

/** Which change is legal. `failed` to `connected`: a retry in the background succeeded. */
const LEGAL = {
  disabled: [],
  uninitialized: ['connecting', 'closed'],
  connecting: ['connected', 'failed', 'closed'],
  connected: ['reconnecting', 'closed'],
  reconnecting: ['connected', 'failed', 'closed'],
  failed: ['connecting', 'connected', 'closed'],
  closed: [],
} as const satisfies Record<RedisState, readonly RedisState[]>;

/** The state of one connection; every change is published once. @internal */
export class StateMachine {
  private current: RedisState;
  private since = performance.now();
  private readonly changes = new Subject<RedisStateChange>();

  constructor(initial: 'disabled' | 'uninitialized' = 'uninitialized') {
    this.current = initial;
  }

  get state(): RedisState {
    return this.current;
  }

  get changes$(): Observable<RedisStateChange> {
    return this.changes.asObservable();
  }

  /** Whether the change is in the table. */
  can(to: RedisState): boolean {
    return (LEGAL[this.current] as readonly RedisState[]).includes(to);
  }

  /** @throws Error for a change that is not in the table: a defect of ours, which no public path reaches */
  to(next: RedisState, error?: RedisError): void {
    if (!this.can(next)) throw new Error(`Illegal connection state change: ${this.current} to ${next}`);
    const from = this.current;
    const now = performance.now();
    const elapsedMs = now - this.since;
    this.current = next;
    this.since = now;
    this.changes.next({ from, to: next, elapsedMs, ...(error === undefined ? {} : { error }) });
    if (next === 'closed') this.changes.complete();
  }
}
