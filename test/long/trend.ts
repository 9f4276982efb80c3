/** Whether a series of samples stayed flat: its second quarter beside its last, for the first is warming up. */
export interface Trend {
  readonly first: number;
  /** Median of the second quarter. */
  readonly early: number;
  /** Median of the last quarter. */
  readonly late: number;
  /** Median slope between any two samples after the first quarter, for each sample. */
  readonly slope: number;
  readonly isFlat: boolean;
}

/** @param allowed how much the last quarter may lie above the second; what grows steadily does so by its slope, too */
export function trendOf(samples: readonly number[], allowed: number): Trend {
  const quarter = Math.floor(samples.length / 4);
  const early = median(samples.slice(quarter, 2 * quarter));
  const late = median(samples.slice(3 * quarter));
  const steady = samples.slice(quarter);
  const slope = slopeOf(steady);
  const isFlat = samples.length >= 8 && late - early <= allowed && slope * steady.length <= 1.5 * allowed;
  return { first: samples[0] ?? Number.NaN, early, late, slope, isFlat };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Theil and Sen's: the median of the slopes of all pairs, which a few outliers do not move. */
function slopeOf(values: readonly number[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) slopes.push(((values[j] as number) - (values[i] as number)) / (j - i));
  }
  return median(slopes);
}
