/** The labels of a metric with their values: that of the connection, and its own. @internal */
export type MetricLabels<Label extends string> = Readonly<Record<'connection' | Label, string>>;

/** Takes what one event adds. @internal */
export type KeepValue = (labels: MetricLabels<string>, value: number) => void;

/** A count, or a distribution, that events add to. It keeps nothing: that is done by whoever exports it. @internal */
export class EventMetric<Label extends string = string> {
  private keep: KeepValue = () => undefined;

  constructor(
    readonly type: 'counter' | 'histogram',
    readonly name: string,
    readonly help: string,
    readonly labels: readonly string[],
    /** Upper bounds of a distribution. */
    readonly buckets: readonly number[] = [],
  ) {}

  /** From here on `keep` is given all of it. */
  keptBy(keep: KeepValue): void {
    this.keep = keep;
  }

  /** With 0: exports that there was none yet. */
  inc(labels: MetricLabels<Label>, by = 1): void {
    this.keep(labels, by);
  }

  observe(labels: MetricLabels<Label>, value: number): void {
    this.keep(labels, value);
  }
}
