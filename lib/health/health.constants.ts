/** Injection token of the module's options. @internal */
export const HEALTH_OPTIONS = 'REDIS:HEALTH:OPTIONS';

/** @internal */
export const DEFAULT_TIMEOUT_MS = 1_000;
