import { HANG_MS } from './app-process.js';
import type { Seen } from './cells.js';
import type { Violations } from './violation.js';

interface HealthBody {
  readonly details?: {
    readonly redis?: {
      readonly status: string;
      readonly error?: string;
      readonly state?: string;
      readonly degraded?: true;
    };
  };
}

export interface HealthAnswer {
  readonly seen: Seen;
  readonly elapsedMs: number;
  readonly body: string;
}

/** GET /health, from outside. */
export async function askHealth(port: number, violations: Violations): Promise<HealthAnswer> {
  const startedAt = performance.now();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(HANG_MS),
    });
    const body = await response.text();
    return { seen: read(body, response.status, violations), elapsedMs: performance.now() - startedAt, body };
  } catch (error) {
    const what = error instanceof Error ? error.name : typeof error;
    return { seen: what === 'TimeoutError' ? 'HANG' : what, elapsedMs: performance.now() - startedAt, body: '' };
  }
}

function read(body: string, code: number, violations: Violations): Seen {
  const redis = (JSON.parse(body) as HealthBody).details?.redis;
  if (redis === undefined) return `HTTP ${code}`;
  const status = redis.degraded === true ? 'degraded' : redis.status;
  if (code !== (status === 'down' ? 503 : 200)) violations.add('I9', `health is ${status} with HTTP ${code}`);
  if (status === 'up' && redis.state !== 'connected') violations.add('I9', `health is up in the state ${redis.state}`);
  return status === 'up' ? 'up' : `${status}(${redis.error ?? 'none'})`;
}
