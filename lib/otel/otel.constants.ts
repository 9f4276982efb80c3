/** Injection token of the module's options. @internal */
export const OTEL_OPTIONS = 'REDIS:OTEL:OPTIONS';

/** Token of the module's place among those that share a provider. @internal */
export const OTEL_MEMBER = 'REDIS:OTEL:MEMBER';

/** The name by which meters and tracers tell whose they are. @internal */
export const SCOPE = 'nestjs-redis-hub';

/** @internal */
export const OTEL_DEFAULTS = { timeoutMs: 1_000, driverSpans: true } as const;
