/** Injection token of the module's options. @internal */
export const METRICS_OPTIONS = 'REDIS:METRICS:OPTIONS';

/** Token of the module's place among those that share a registry. @internal */
export const METRICS_MEMBER = 'REDIS:METRICS:MEMBER';

/** @internal */
export const METRICS_DEFAULTS = { timeoutMs: 1_000 } as const;
