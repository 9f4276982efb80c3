import { Counter, Gauge, Histogram, type Metric } from 'prom-client';

/** Whose event it is. @internal */
export interface EventOrigin {
  /** The connection, by its name. */
  readonly connection: string;
  /** Whether it is that of a duplicate of the connection. */
  readonly isDuplicate: boolean;
}

/** What is done with the events of a channel; never throws, for that would end the process. @internal */
export type EventListener<Event> = (event: Event, origin: EventOrigin) => void;

/** Metrics that belong together, and the channels that they are made from. @internal */
export interface MetricGroup {
  readonly metrics: readonly Metric[];
  /** By channel. Each channel has events of one type, which its listener names. */
  readonly listeners?: Readonly<Record<string, EventListener<never>>>;
  /** Exports what can be counted of a connection before anything is. */
  begin?(connection: string): void;
}

/** Upper bounds in milliseconds: of a round trip in a data centre, up to a command that nearly missed its deadline. @internal */
export const COMMAND_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/** The same of making a connection. @internal */
export const CONNECT_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** Each has the label `connection` before its own, and is registered by whoever owns the group. */
const labelsOf = <Label extends string>(own: readonly Label[]): ('connection' | Label)[] => ['connection', ...own];

/** @internal */
export function createCounter<Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Counter<'connection' | Label> {
  return new Counter({ name, help, labelNames: labelsOf(labels), registers: [] });
}

/** @internal */
export function createHistogram<Label extends string = never>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: readonly Label[] = [],
): Histogram<'connection' | Label> {
  return new Histogram({ name, help, labelNames: labelsOf(labels), buckets: [...buckets], registers: [] });
}

/** A gauge that events set. @internal */
export function createValueGauge(name: string, help: string): Gauge<'connection'> {
  return new Gauge({ name, help, labelNames: ['connection'], registers: [] });
}

/** A gauge that is read at each scrape: `fill` sets what is there now, and what it does not set is absent. @internal */
export function createScrapedGauge<Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[],
  fill: (set: SetGauge<Label>) => Promise<void>,
): Gauge<'connection' | Label> {
  const gauge: Gauge<'connection' | Label> = new Gauge({
    name,
    help,
    labelNames: labelsOf(labels),
    registers: [],
    collect: () => fillAnew(gauge, fill),
  });
  return gauge;
}

/** Adds up where two have the same labels. @internal */
export type SetGauge<Label extends string> = (
  labels: Readonly<Record<'connection' | Label, string>>,
  value: number,
) => void;

/** Two scrapes at once: each sets all of it in one turn, so that neither sees half of the other's. */
async function fillAnew<Label extends string>(
  metric: Gauge<'connection' | Label> | Counter<'connection' | Label>,
  fill: (set: SetGauge<Label>) => Promise<void>,
): Promise<void> {
  const found: Parameters<SetGauge<Label>>[] = [];
  await fill((...reading) => void found.push(reading));
  metric.reset();
  for (const [labels, value] of found) metric.inc(labels as Record<'connection' | Label, string>, value);
}

/** A count that the server keeps, and begins anew when it does. @internal */
export function createScrapedCounter(
  name: string,
  help: string,
  fill: (set: SetGauge<never>) => Promise<void>,
): Counter<'connection'> {
  const counter: Counter<'connection'> = new Counter({
    name,
    help,
    labelNames: ['connection'],
    registers: [],
    collect: () => fillAnew(counter, fill),
  });
  return counter;
}
