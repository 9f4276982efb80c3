import { randomBytes } from 'node:crypto';

const MAX_WALL_MS = 0x7fff_ffff_ffff;
/**
 * How far ahead of this node's clock another's may be. So wide that a node without a battery, which begins in 1970, still
 * reads what the others store; so narrow that no version takes this clock near the end of its format.
 */
const MAX_AHEAD_MS = 100 * 365 * 24 * 3_600_000;
const COUNTER_LIMIT = 0x1_0000;
const VERSION = /^[0-7][0-9a-f]{23}$/;

/** Whether a text is a version that a {@link HybridClock} can have made. @internal */
export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && VERSION.test(text);
}

/**
 * The greatest version that is believed now. One after it was made by no clock: it would drive every node that sees it to
 * the end of the format, where versions no longer grow.
 *
 * @internal
 */
export function latestVersion(now: number): string {
  return hex(Math.min(now + MAX_AHEAD_MS, MAX_WALL_MS), 12) + 'f'.repeat(12);
}

/** {@link latestVersion} by a clock, made once a millisecond. @internal */
export class LatestVersion {
  private madeAt = Number.NaN;
  private text = '';

  constructor(private readonly clock: () => number) {}

  now(): string {
    const now = this.clock();
    if (now !== this.madeAt) {
      this.madeAt = now;
      this.text = latestVersion(now);
    }
    return this.text;
  }
}

/**
 * Makes versions: 12 hex digits of milliseconds, 4 of a counter, 8 of the node. Each is greater than every version made
 * or observed before, also when the system's clock is set back, and compares as text.
 *
 * @internal
 */
export class HybridClock {
  private wallMs = 0;
  private wallText = hex(0, 12);
  private counter = 0;

  constructor(
    private readonly nodeId: string = randomBytes(4).toString('hex'),
    private readonly now: () => number = Date.now,
  ) {}

  /** A version for a change made now. */
  next(): string {
    const now = Math.min(this.now(), MAX_WALL_MS);
    if (now > this.wallMs) this.setTo(now, 0);
    else this.tick();
    return this.wallText + hex(this.counter, 4) + this.nodeId;
  }

  /** From now on every version is greater than this one. What is no version, or none to believe, is passed over. */
  observe(version: string): void {
    const wallMs = Number.parseInt(version.slice(0, 12), 16);
    const counter = Number.parseInt(version.slice(12, 16), 16);
    const isNewer = wallMs > this.wallMs || (wallMs === this.wallMs && counter > this.counter);
    // Asked last, since it costs more: hardly any version that is met is newer than what is known.
    if (isNewer && isVersion(version) && version <= latestVersion(this.now())) this.setTo(wallMs, counter);
  }

  /** A counter that is full borrows a millisecond from the future, so that the width never changes. At its end it stays. */
  private tick(): void {
    if (this.counter + 1 < COUNTER_LIMIT) this.counter += 1;
    else if (this.wallMs < MAX_WALL_MS) this.setTo(this.wallMs + 1, 0);
  }

  private setTo(wallMs: number, counter: number): void {
    if (wallMs !== this.wallMs) this.wallText = hex(wallMs, 12);
    this.wallMs = wallMs;
    this.counter = counter;
  }
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
