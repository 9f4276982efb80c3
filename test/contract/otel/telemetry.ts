import { context } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { eventually } from '../../support/eventually.js';

class PulledReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Has the SDK's context go with what is awaited, for the specs of a file. */
export function propagateContext(): void {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => context.disable());
}

/** An SDK of OpenTelemetry that keeps what it is told. */
export class Telemetry {
  private readonly exporter = new InMemorySpanExporter();
  private readonly reader = new PulledReader();
  readonly tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.exporter)] });
  readonly meterProvider = new MeterProvider({ readers: [this.reader] });
  readonly tracer = this.tracerProvider.getTracer('test');

  /** Runs with a span of the application's around it. */
  within<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.tracer.startActiveSpan(name, async (span) => {
      try {
        return await run();
      } finally {
        span.end();
      }
    });
  }

  /** The spans that ended. */
  async spans(): Promise<readonly ReadableSpan[]> {
    await this.tracerProvider.forceFlush();
    return this.exporter.getFinishedSpans();
  }

  forget(): void {
    this.exporter.reset();
  }

  /** The one span of that name. */
  async span(name: string): Promise<ReadableSpan> {
    const found = (await this.spans()).filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}`);
    return found[0] as ReadableSpan;
  }

  /** The names of the spans right below that one, once each of them has ended; in order of the alphabet. */
  async below(name: string, count: number): Promise<readonly string[]> {
    const children = async (): Promise<readonly ReadableSpan[]> => {
      const { spanId } = (await this.span(name)).spanContext();
      return (await this.spans()).filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId);
    };
    await eventually(async () => (await children()).length >= count);
    return (await children()).map((child) => child.name).toSorted();
  }

  /** The metrics as they are now. */
  async collect(): Promise<readonly MetricData[]> {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw errors[0] as Error;
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  /** The value of the series with just these attributes beside that of the connection; undefined where there is none. */
  async value(name: string, attributes: Attributes = {}): Promise<unknown> {
    const metric = (await this.collect()).find(({ descriptor }) => descriptor.name === name);
    const wanted = seriesOf({ connection: 'default', ...attributes });
    return metric?.dataPoints.find((point) => seriesOf(point.attributes) === wanted)?.value;
  }

  async stop(): Promise<void> {
    await Promise.all([this.tracerProvider.shutdown(), this.meterProvider.shutdown()]);
  }
}

/** Attributes as text, in order. */
export function seriesOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).toSorted(([one], [other]) => one.localeCompare(other)));
}
