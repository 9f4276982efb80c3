import { inspect } from 'node:util';
import { isRedisError } from 'nestjs-redis-hub';
import type { ErrorReport } from '../protocol.js';

/** An error for the runner, with all that printing it in any way would show. */
export function describeError(error: unknown): ErrorReport {
  const text = [inspect(error, { depth: 8, showHidden: true }), safeJson(error), String(error)].join('\n');
  const hasCause = error instanceof Error && error.cause !== undefined;
  if (isRedisError(error)) {
    return { isRedisError: true, kind: error.redisErrorKind, outcome: error.outcome, hasCause, text };
  }
  return { isRedisError: false, kind: error instanceof Error ? error.name : typeof error, hasCause, text };
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
