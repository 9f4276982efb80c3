import type { Meter, ObservableResult } from '@opentelemetry/api';
import type { Reading, ReadMetric } from '../telemetry/read-metric.js';
import { unitOf } from './unit-of.js';

/** Has a metric read at each collection. @returns ends that @internal */
export function observe(meter: Meter, metric: ReadMetric): () => void {
  const options = { description: metric.help, unit: unitOf(metric.name) };
  const instrument =
    metric.type === 'counter'
      ? meter.createObservableCounter(metric.name, options)
      : meter.createObservableGauge(metric.name, options);
  const known = new Map<string, Reading>();
  const read = async (result: ObservableResult): Promise<void> => {
    const readings = await metric.read();
    for (const { labels, value } of [...readings, ...goneOf(metric, readings, known)]) result.observe(value, labels);
  };
  instrument.addCallback(read);
  return () => instrument.removeCallback(read);
}

/**
 * The SDK goes on to export what it was told last: a tier that answers no longer is told as 0, as any series of a label's
 * value that is not there now. What has no label of its own is a figure, of which 0 would be false.
 */
function goneOf(metric: ReadMetric, readings: readonly Reading[], known: Map<string, Reading>): readonly Reading[] {
  if (metric.type === 'counter' || metric.labels.length === 1) return [];
  const present = new Set(readings.map(({ series }) => series));
  const gone = [...known.values()].filter(({ series }) => !present.has(series));
  for (const reading of readings) known.set(reading.series, { ...reading, value: 0 });
  return gone;
}
