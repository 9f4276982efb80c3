/** What every cell must keep; see the README beside this folder. */
export type InvariantId =
  'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'cell' | 'harness';

/** One invariant that was not kept, and what was seen instead. */
export interface Violation {
  readonly id: InvariantId;
  readonly text: string;
}

/** Collects violations; the same one again is counted, not repeated. */
export class Violations {
  private readonly counts = new Map<string, { readonly violation: Violation; count: number }>();

  add(id: InvariantId, text: string): void {
    const key = `${id} ${text}`;
    const known = this.counts.get(key);
    if (known) known.count += 1;
    else this.counts.set(key, { violation: { id, text }, count: 1 });
  }

  addAll(all: readonly Violation[]): void {
    for (const { id, text } of all) this.add(id, text);
  }

  /** How many there are, repeated ones included. */
  get count(): number {
    return [...this.counts.values()].reduce((sum, { count }) => sum + count, 0);
  }

  get list(): Violation[] {
    return [...this.counts.values()].map(({ violation: { id, text }, count }) => ({
      id,
      text: count > 1 ? `${text} (${count} times)` : text,
    }));
  }
}
