import type { AsyncLocalStorage } from 'node:async_hooks';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { readText } from '../errors/read-property.js';
import { BoundedLabel } from '../telemetry/bounded-label.js';
import { errorTypeOf } from './error-type.js';
import type { Listeners } from './listen.js';
import type { OperationSpan } from './operation-span.js';

/** What the drivers publish of a command, of several at once, and of an attempt to connect; arguments are not looked at. */
interface DriverTrace {
  readonly command?: unknown;
  readonly batchMode?: unknown;
  readonly database?: unknown;
  readonly serverAddress?: unknown;
  readonly serverPort?: unknown;
  readonly error?: unknown;
}

/** The names of the drivers' tracing channels. */
const DRIVERS = ['ioredis', 'node-redis'];
const TRACED = {
  command: ({ command }: DriverTrace) => String(command).toUpperCase(),
  batch: ({ batchMode }: DriverTrace) => String(batchMode).toUpperCase(),
  connect: () => 'connect',
} as const;

/** A script that the server does not know yet is sent to it: that is no failure. */
const UNKNOWN_SCRIPT = /^NOSCRIPT/;

/** Spans of what a driver does for a call that runs; all else that it does is not told of. @internal */
export function driverListeners(tracer: Tracer, running: AsyncLocalStorage<OperationSpan>): Listeners {
  const names = new BoundedLabel(256);
  const spans = new WeakMap<object, Span>();
  const begin = (trace: DriverTrace, operation: string): void => {
    const parent = running.getStore()?.parent;
    if (parent === undefined) return;
    const name = names.of(operation);
    const options = { kind: SpanKind.CLIENT, attributes: attributesOf(name, trace) };
    spans.set(trace, tracer.startSpan(name, options, parent));
  };
  const end = (trace: DriverTrace): void => {
    const span = spans.get(trace);
    spans.delete(trace);
    span?.end();
  };
  const fail = (trace: DriverTrace): void => {
    if (!UNKNOWN_SCRIPT.test(readText(trace.error, 'message') ?? '')) {
      spans.get(trace)?.setAttribute('error.type', errorTypeOf(trace.error)).setStatus({ code: SpanStatusCode.ERROR });
    }
    end(trace);
  };
  const listeners = DRIVERS.flatMap((driver) =>
    Object.entries(TRACED).flatMap(([traced, nameOf]) => {
      const channel = `tracing:${driver}:${traced}`;
      return [
        [`${channel}:start`, (trace: DriverTrace) => begin(trace, nameOf(trace))],
        [`${channel}:error`, fail],
        [`${channel}:asyncEnd`, end],
      ] as const;
    }),
  );
  return Object.fromEntries(listeners);
}

function attributesOf(operation: string, { database, serverAddress, serverPort }: DriverTrace): Attributes {
  return {
    'db.system.name': 'redis',
    'db.operation.name': operation,
    ...(typeof database === 'number' && { 'db.namespace': String(database) }),
    ...(typeof serverAddress === 'string' && { 'server.address': serverAddress }),
    ...(typeof serverPort === 'number' && { 'server.port': serverPort }),
  };
}
