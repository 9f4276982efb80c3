/**
 * One listener a signal, whatever the number of those who wait with it: Node takes the eleventh for a leak and warns.
 *
 * @internal
 */
export class AbortGroups {
  private readonly groups = new Map<AbortSignal, Set<() => void>>();

  /** Calls back when the signal is aborted. @returns takes the callback out again */
  add(signal: AbortSignal, onAbort: () => void): () => void {
    const group = this.groups.get(signal) ?? this.begin(signal);
    group.add(onAbort);
    return () => {
      group.delete(onAbort);
      if (group.size === 0) this.end(signal);
    };
  }

  private begin(signal: AbortSignal): Set<() => void> {
    const group = new Set<() => void>();
    this.groups.set(signal, group);
    signal.addEventListener('abort', this.onAbort);
    return group;
  }

  private end(signal: AbortSignal): void {
    this.groups.delete(signal);
    signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (event: Event): void => {
    for (const tell of this.groups.get(event.currentTarget as AbortSignal) ?? []) tell();
  };
}
