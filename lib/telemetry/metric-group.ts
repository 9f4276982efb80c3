import { EventMetric } from './event-metric.js';
import type { MetricLabels } from './event-metric.js';
import { ReadMetric } from './read-metric.js';
import type { SetGauge } from './read-metric.js';

/** Whose event it is. @internal */
export interface EventOrigin {
  /** The connection, by its name. */
  readonly connection: string;
  /** Whether it is that of a duplicate of the connection. */
  readonly isDuplicate: boolean;
}

/** What is done with the events of a channel; never throws, for that would end the process. @internal */
export type EventListener<Event> = (event: Event, origin: EventOrigin) => void;

/** @internal */
export type TelemetryMetric = EventMetric | ReadMetric;

/** Metrics that belong together, and the channels that they are made from. @internal */
export interface MetricGroup {
  readonly metrics: readonly TelemetryMetric[];
  /** By channel. Each channel has events of one type, which its listener names. */
  readonly listeners?: Readonly<Record<string, EventListener<never>>>;
  /** Exports what can be counted of a connection before anything is. */
  begin?(connection: string): void;
}

/** Upper bounds in milliseconds: of a round trip in a data centre, up to a command that nearly missed its deadline. @internal */
export const COMMAND_BUCKETS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/** The same of making a connection. @internal */
export const CONNECT_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** Each has the label `connection` before its own. */
const labelsOf = (own: readonly string[]): string[] => ['connection', ...own];

/** @internal */
export function createCounter<Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): EventMetric<Label> {
  return new EventMetric('counter', name, help, labelsOf(labels));
}

/** @internal */
export function createHistogram<Label extends string = never>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: readonly Label[] = [],
): EventMetric<Label> {
  return new EventMetric('histogram', name, help, labelsOf(labels), buckets);
}

/** A gauge that is read at each scrape: `fill` sets what is there now, and what it does not set is absent. @internal */
export function createScrapedGauge<Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[],
  fill: (set: SetGauge<Label>) => Promise<void>,
): ReadMetric<Label> {
  return new ReadMetric('gauge', name, help, labelsOf(labels), fill);
}

/** A count that the server keeps, and begins anew when it does. @internal */
export function createScrapedCounter(
  name: string,
  help: string,
  fill: (set: SetGauge<never>) => Promise<void>,
): ReadMetric<never> {
  return new ReadMetric('counter', name, help, labelsOf([]), fill);
}

/** A gauge that events set, one value a connection. @internal */
export class ValueGauge {
  private readonly values = new Map<string, number>();
  readonly metric: ReadMetric<never>;

  constructor(name: string, help: string) {
    this.metric = createScrapedGauge(name, help, [], async (set) => {
      for (const [connection, value] of this.values) set({ connection }, value);
    });
  }

  set({ connection }: MetricLabels<never>, value: number): void {
    this.values.set(connection, value);
  }

  /** 0, where nothing was set before. */
  begin(connection: string): void {
    this.values.set(connection, this.values.get(connection) ?? 0);
  }
}
