import type { MetricLabels } from './event-metric.js';

/** Adds up where two have the same labels. @internal */
export type SetGauge<Label extends string> = (labels: MetricLabels<Label>, value: number) => void;

/** One series, as it is now. @internal */
export interface Reading {
  /** Tells it from the others of the metric. */
  readonly series: string;
  readonly labels: MetricLabels<string>;
  readonly value: number;
}

/** A metric that is read when somebody asks: what `fill` does not set is absent. @internal */
export class ReadMetric<Label extends string = string> {
  constructor(
    readonly type: 'gauge' | 'counter',
    readonly name: string,
    readonly help: string,
    readonly labels: readonly string[],
    private readonly fill: (set: SetGauge<Label>) => Promise<void>,
  ) {}

  async read(): Promise<readonly Reading[]> {
    const readings = new Map<string, Reading>();
    await this.fill((labels, value) => {
      const series = JSON.stringify(this.labels.map((label) => (labels as MetricLabels<string>)[label]));
      readings.set(series, { series, labels, value: value + (readings.get(series)?.value ?? 0) });
    });
    return [...readings.values()];
  }
}
