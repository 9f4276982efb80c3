import { AsyncLocalStorage } from 'node:async_hooks';
import { context, SpanKind } from '@opentelemetry/api';
import type { Tracer, TracerProvider } from '@opentelemetry/api';
import { FollowedNames } from '../telemetry/followed-names.js';
import type { RedisTraceEvent } from '../utils/operation-trace.js';
import { addressAttributes } from './address-attributes.js';
import { attempt } from './attempt.js';
import { driverListeners } from './driver-listeners.js';
import { listen } from './listen.js';
import { OperationSpan } from './operation-span.js';
import { SCOPE } from './otel.constants.js';
import { outcomeListeners } from './outcome-listeners.js';

/** A provider has each span once, however many modules and applications of a process are told to use it. */
const SHARED = new WeakMap<TracerProvider, SharedTracer>();

/** The spans of one provider: made from the first module that takes part to the last that leaves. @internal */
export class SharedTracer {
  private readonly names = new FollowedNames();
  private readonly running = new AsyncLocalStorage<OperationSpan>();
  private readonly tracer: Tracer;
  private endListening: (() => void) | undefined;
  private endDriverSpans: (() => void) | undefined;

  private constructor(private readonly provider: TracerProvider) {
    this.tracer = provider.getTracer(SCOPE);
  }

  /** Throws what the provider throws. */
  static of(provider: TracerProvider): SharedTracer {
    const shared = SHARED.get(provider) ?? new SharedTracer(provider);
    SHARED.set(provider, shared);
    return shared;
  }

  /** Makes spans of these connections' calls from now on. @returns ends that */
  join(connections: readonly string[], driverSpans: boolean): () => void {
    this.endListening ??= listen({
      'nestjs-redis-hub:trace': (event: RedisTraceEvent) => this.begin(event),
      ...outcomeListeners(this.running),
    });
    if (driverSpans) this.endDriverSpans ??= listen(driverListeners(this.tracer, this.running));
    const leave = this.names.follow(connections);
    return () => {
      leave();
      if (this.names.isEmpty) this.end();
    };
  }

  private begin(event: RedisTraceEvent): void {
    const origin = this.names.originOf(event.connection);
    if (origin === undefined) return;
    event.around((call) => {
      const operation = attempt(() => this.spanOf(event, origin.connection));
      return operation === undefined ? call() : operation.run(this.running, call);
    });
  }

  private spanOf({ feature, operation, endpoint }: RedisTraceEvent, connection: string): OperationSpan {
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': operation,
      'nestjs_redis_hub.connection': connection,
      ...addressAttributes(endpoint),
    };
    const options = { kind: SpanKind.INTERNAL, attributes };
    return new OperationSpan(
      connection,
      this.tracer.startSpan(`redis.${feature} ${operation}`, options, context.active()),
    );
  }

  private end(): void {
    this.endListening?.();
    this.endDriverSpans?.();
    SHARED.delete(this.provider);
  }
}
