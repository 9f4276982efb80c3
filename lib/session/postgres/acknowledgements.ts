import { createDeferred } from '../../utils/deferred.js';

/** Up to which announcement each node, by the process id of its backend, has said that it knows. @internal */
export class Acknowledgements {
  private readonly epochs = new Map<number, number>();
  private arrival = createDeferred<void>();

  add(pid: number, epoch: number): void {
    this.epochs.set(pid, epoch);
    this.arrival.resolve();
    this.arrival = createDeferred<void>();
  }

  includeAll(pids: readonly number[], epoch: number): boolean {
    return pids.every((pid) => (this.epochs.get(pid) ?? -1) >= epoch);
  }

  /** Settles with the next that arrives. */
  next(): Promise<void> {
    return this.arrival.promise;
  }
}
