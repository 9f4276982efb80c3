/** The middle of some figures, and the span that holds the middle four fifths of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(figures: readonly number[]): Spread {
  const at = percentilesOf(figures);
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}

/** Gives the figure that this share of them is below. */
export function percentilesOf(figures: readonly number[]): (share: number) => number {
  const sorted = figures.toSorted((a, b) => a - b);
  return (share) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/**
 * What a ratio says beside the same thing measured against itself: a median inside the control's span is no difference.
 */
export function verdictOf(ratio: Spread, control: Spread): string {
  if (ratio.median >= control.low && ratio.median <= control.high) return 'not distinguishable';
  return ratio.median > control.high ? 'more' : 'less';
}

export function textOf({ median, low, high }: Spread): string {
  return `${median.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}
