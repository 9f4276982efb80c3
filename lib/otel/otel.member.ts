import { Logger } from '@nestjs/common';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { WatchedConnection } from '../telemetry/watched-connections.js';
import { attempt } from './attempt.js';
import type { OtelSettings } from './otel-options.interface.js';
import { SharedMeter } from './shared-meter.js';
import { SharedTracer } from './shared-tracer.js';

/**
 * A module among those that share a provider. It tells from its making on, so that the first connection, which is made
 * while the application boots, is told of too.
 *
 * @internal
 */
export class OtelMember {
  private readonly meter: SharedMeter | undefined;
  private readonly leaves: readonly (() => void)[];
  private watched: readonly WatchedConnection[] = [];

  constructor(
    readonly connections: readonly string[],
    private readonly settings: OtelSettings,
  ) {
    const { meterProvider, tracerProvider, driverSpans } = settings;
    this.meter = madeOf(meterProvider, 'metrics', (provider) => SharedMeter.of(provider));
    const tracer = madeOf(tracerProvider, 'spans', (provider) => SharedTracer.of(provider));
    const leaves = [this.meter?.join(connections), tracer?.join(connections, driverSpans)];
    this.leaves = leaves.filter((leave) => leave !== undefined);
  }

  /** From here on collections tell of these connections. */
  watch(handles: readonly RedisConnectionHandle[]): void {
    const { timeoutMs } = this.settings;
    this.watched = handles.map((handle) => ({ handle, timeoutMs }));
    for (const one of this.watched) this.meter?.set.watched.add(one);
  }

  end(): void {
    for (const one of this.watched) this.meter?.set.watched.delete(one);
    for (const leave of this.leaves) leave();
  }
}

/** A provider that throws takes no application down with it, but is not passed over in silence. */
function madeOf<Provider, Made>(
  provider: Provider | undefined,
  what: string,
  make: (provider: Provider) => Made,
): Made | undefined {
  if (provider === undefined) return undefined;
  const made = attempt(() => make(provider));
  if (made === undefined) {
    new Logger('RedisOtelModule').warn(`The OpenTelemetry provider threw, so there are no ${what} of Redis.`);
  }
  return made;
}
