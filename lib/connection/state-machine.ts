import { Subject, type Observable } from 'rxjs';
import type { RedisError } from '../errors/redis.error.js';
import type { RedisState, RedisStateChange } from '../interfaces/redis-state.interface.js';

/** Which change is legal. `failed` to `connected`: a retry in the background succeeded. */
const LEGAL = {
  disabled: ['closed'],
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
  private readonly untold: RedisStateChange[] = [];

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
    this.tell({ from, to: next, elapsedMs, ...(error === undefined ? {} : { error }) });
  }

  /** In order, to everyone: a listener that changes the state again would else let others hear the second change first. */
  private tell(change: RedisStateChange): void {
    if (this.untold.push(change) > 1) return;
    for (let next = this.untold[0]; next !== undefined; next = this.untold[0]) {
      this.changes.next(next);
      this.untold.shift();
    }
    if (this.current === 'closed') this.changes.complete();
  }
}
