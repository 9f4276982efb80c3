import type { Meter, MeterProvider } from '@opentelemetry/api';
import type { EventMetric } from '../telemetry/event-metric.js';
import { MetricSet } from '../telemetry/metric-set.js';
import { ReadMetric } from '../telemetry/read-metric.js';
import { attempt } from './attempt.js';
import { observe } from './observe.js';
import { SCOPE } from './otel.constants.js';
import { unitOf } from './unit-of.js';

/** A provider has each metric once, however many modules and applications of a process are told to use it. */
const SHARED = new WeakMap<MeterProvider, SharedMeter>();

/** The metrics of one provider: fed from the first module that takes part to the last that leaves. @internal */
export class SharedMeter {
  readonly set = new MetricSet();
  private readonly meter: Meter;
  private endReading: (() => void) | undefined;

  private constructor(private readonly provider: MeterProvider) {
    this.meter = provider.getMeter(SCOPE);
    for (const metric of this.set.metrics) if (!(metric instanceof ReadMetric)) keep(this.meter, metric);
  }

  /** Throws what the provider throws. */
  static of(provider: MeterProvider): SharedMeter {
    const shared = SHARED.get(provider) ?? new SharedMeter(provider);
    SHARED.set(provider, shared);
    return shared;
  }

  /** Counts for these connections from now on. @returns ends that */
  join(connections: readonly string[]): () => void {
    this.endReading ??= this.beginReading();
    const leave = this.set.follow(connections);
    return () => {
      if (leave()) this.end();
    };
  }

  private beginReading(): () => void {
    const read = this.set.metrics.filter((metric) => metric instanceof ReadMetric);
    const ends = read.map((metric) => attempt(() => observe(this.meter, metric)));
    return () => {
      for (const end of ends) if (end !== undefined) attempt(end);
    };
  }

  private end(): void {
    this.endReading?.();
    this.endReading = undefined;
    SHARED.delete(this.provider);
  }
}

/** Throws what the meter throws when an instrument is made; later that is passed over. */
function keep(meter: Meter, metric: EventMetric): void {
  const { name, help: description, buckets } = metric;
  const options = { description, unit: unitOf(name) };
  if (metric.type === 'counter') {
    const counter = meter.createCounter(name, options);
    metric.keptBy((labels, value) => attempt(() => counter.add(value, labels)));
    return;
  }
  const advice = { explicitBucketBoundaries: [...buckets] };
  const histogram = meter.createHistogram(name, { ...options, advice });
  metric.keptBy((labels, value) => attempt(() => histogram.record(value, labels)));
}
