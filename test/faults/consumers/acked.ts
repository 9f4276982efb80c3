/** The numbers that were written to one key, one after another: what was acknowledged, and what may have happened. */
export class Acked {
  /** The newest acknowledged number; 0 for none. */
  last = 0;
  private readonly open = new Set<number>();

  acknowledge(n: number): void {
    this.last = Math.max(this.last, n);
  }

  /** Rejected, and its fate is not known. */
  leaveOpen(n: number): void {
    this.open.add(n);
  }

  /** Whether a read may give this number: the newest acknowledged, or a later one that may have been written. */
  accepts(n: number | undefined): boolean {
    if (n === undefined) return this.last === 0;
    return n === this.last || (n > this.last && this.open.has(n));
  }
}

/** One value for each key, made when first asked for. */
export function mapOf<T>(make: () => T): { of(key: string): T; all(): [string, T][] } {
  const values = new Map<string, T>();
  return {
    of: (key) => {
      const value = values.get(key) ?? make();
      values.set(key, value);
      return value;
    },
    all: () => [...values],
  };
}
