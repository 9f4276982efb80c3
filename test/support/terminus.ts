import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('@nestjs/terminus/package.json') as { version: string };

/** A health check that is degraded: the status of the whole, and what it answers of Redis. */
export interface DegradedHealth {
  readonly status: 'degraded' | 'ok';
  readonly redis: { readonly status: 'degraded' } | { readonly status: 'up'; readonly degraded: true };
}

/**
 * What the installed terminus can say of it: 11 has no such status. By its version, and not by its methods as our
 * indicator has it, so that a mistake there shows.
 */
export function degradedHealth(): DegradedHealth {
  if (Number.parseInt(version, 10) >= 12) return { status: 'degraded', redis: { status: 'degraded' } };
  return { status: 'ok', redis: { status: 'up', degraded: true } };
}
