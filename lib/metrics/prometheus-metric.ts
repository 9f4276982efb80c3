import { Counter, Gauge, Histogram, type Metric } from 'prom-client';
import type { EventMetric } from '../telemetry/event-metric.js';
import type { TelemetryMetric } from '../telemetry/metric-group.js';
import { ReadMetric } from '../telemetry/read-metric.js';

/** A metric as prom-client has it; registered by whoever owns the set. @internal */
export function prometheusMetric(metric: TelemetryMetric): Metric {
  if (metric instanceof ReadMetric) return readOnScrape(metric);
  return metric.type === 'counter' ? countedOnEvent(metric) : observedOnEvent(metric);
}

function countedOnEvent(metric: EventMetric): Metric {
  const counter = new Counter(configurationOf(metric));
  metric.keptBy((labels, value) => counter.inc(labels, value));
  return counter;
}

function observedOnEvent(metric: EventMetric): Metric {
  const histogram = new Histogram({ ...configurationOf(metric), buckets: [...metric.buckets] });
  metric.keptBy((labels, value) => histogram.observe(labels, value));
  return histogram;
}

/** Two scrapes at once: each sets all of it in one turn, so that neither sees half of the other's. */
function readOnScrape(metric: ReadMetric): Metric {
  const Kind = metric.type === 'counter' ? Counter : Gauge;
  const read: Counter | Gauge = new Kind({
    ...configurationOf(metric),
    collect: async () => {
      const readings = await metric.read();
      read.reset();
      for (const { labels, value } of readings) read.inc(labels, value);
    },
  });
  return read;
}

function configurationOf({ name, help, labels }: TelemetryMetric): {
  name: string;
  help: string;
  labelNames: string[];
  registers: [];
} {
  return { name, help, labelNames: [...labels], registers: [] };
}
