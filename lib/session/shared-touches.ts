/** How many sessions' ends are remembered; of one that is not, a touch is told once more than it had to be. */
const MOST = 10_000;

/**
 * Until when the shared tiers were told that a session lives. They are told more than a touch says, so that the next
 * touches need not be told: a session may end there a little late, never early.
 *
 * @internal
 */
export class SharedTouches {
  private readonly ends = new Map<string, number>();

  constructor(private readonly touchAfterMs: number) {}

  isDue(id: string, expiresAt: number): boolean {
    return (this.ends.get(id) ?? 0) < expiresAt;
  }

  ahead(expiresAt: number): number {
    return expiresAt + this.touchAfterMs;
  }

  told(id: string, expiresAt: number): void {
    this.ends.delete(id);
    this.ends.set(id, expiresAt);
    if (this.ends.size <= MOST) return;
    const oldest = this.ends.keys().next();
    if (!oldest.done) this.ends.delete(oldest.value);
  }
}
