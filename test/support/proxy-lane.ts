/** What waits to be passed on in one direction: whatever the delay becomes, nothing overtakes what came before it. */
export class ProxyLane {
  private readonly waiting: { readonly due: number; readonly pass: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private lastDue = 0;

  /** So many milliseconds from now, and not before what waits already. */
  add(delayMs: number, pass: () => void): void {
    if (delayMs === 0 && this.waiting.length === 0) return pass();
    this.put(Math.max(this.lastDue, performance.now() + delayMs), pass);
  }

  /** So many milliseconds after what waits already. */
  addAfter(gapMs: number, pass: () => void): void {
    this.put(Math.max(this.lastDue, performance.now()) + gapMs, pass);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.length = 0;
  }

  private put(due: number, pass: () => void): void {
    this.lastDue = due;
    this.waiting.push({ due, pass });
    this.schedule();
  }

  private schedule(): void {
    const [first] = this.waiting;
    if (first === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(() => this.passDue(), Math.max(0, first.due - performance.now()));
  }

  private passDue(): void {
    this.timer = undefined;
    const now = performance.now();
    while (this.waiting[0] !== undefined && this.waiting[0].due <= now) this.waiting.shift()?.pass();
    this.schedule();
  }
}
