import { RedisError } from '../errors/redis.error.js';
import { toRedisError } from '../errors/to-redis-error.js';
import { isTelling } from './retry-policy.js';

/** Makes the errors of one connection: whose endpoint, and which secrets, is known here, once. @internal */
export class ConnectionErrors {
  constructor(
    private readonly server: { readonly endpoint: string },
    private readonly secrets: readonly string[],
    private readonly hasAuthority = false,
  ) {}

  /** Of an attempt to connect, or of the loss of a connection. */
  ofConnecting(error: unknown): RedisError {
    return toRedisError(error, {
      operation: 'connect',
      endpoint: this.endpoint,
      secrets: this.secrets,
      hasAuthority: this.hasAuthority,
      fallbackKind: 'connection-lost',
      outcome: 'not-sent',
    });
  }

  /** Of a command that the driver or the server rejected. */
  ofCommand(error: unknown, operation: string, elapsedMs: number): RedisError {
    return toRedisError(error, { operation, endpoint: this.endpoint, elapsedMs, secrets: this.secrets });
  }

  commandTimeout(operation: string, elapsedMs: number): RedisError {
    return new RedisError({
      kind: 'command-timeout',
      outcome: 'unknown',
      operation,
      endpoint: this.endpoint,
      elapsedMs,
      message: `${operation}: no answer from ${this.endpoint} within the deadline; it may have been executed. Repeat it only if that is harmless.`,
    });
  }

  /** Of the watchdog: why a socket that nobody closed was thrown away. */
  noAnswer(reason: Error): RedisError {
    return new RedisError({
      kind: 'command-timeout',
      operation: 'watchdog',
      endpoint: this.endpoint,
      message: `${this.endpoint} holds the connection and does not answer; the socket was thrown away. ${reason.message}.`,
      cause: reason,
    });
  }

  breakerOpen(operation: string): RedisError {
    return this.notSent(
      'unavailable',
      operation,
      `${this.endpoint} missed its deadlines and is being probed; try again soon.`,
    );
  }

  notConnected(operation: string, state: string, last: RedisError | undefined): RedisError {
    const kind = isTelling(last?.redisErrorKind) ? last.redisErrorKind : 'unavailable';
    const reason = last === undefined ? '' : ` Last reason: ${last.message}`;
    return this.notSent(kind, operation, `not connected to ${this.endpoint} (${state}).${reason}`, last);
  }

  closed(operation: string): RedisError {
    return this.notSent('closed', operation, 'the connection was closed by its owner.');
  }

  disabled(operation: string, by: string | undefined): RedisError {
    const message = `${operation}: Redis is off${by === undefined ? '' : ` (${by})`}.`;
    return new RedisError({ kind: 'disabled', operation, message });
  }

  waitPassed(timeoutMs: number, last: RedisError | undefined): RedisError {
    const reason =
      last === undefined
        ? 'nothing answered; check address, firewall, and whether that port speaks TLS exactly where tls is on.'
        : last.message;
    const kind = last?.redisErrorKind ?? 'connect-timeout';
    return this.notSent(kind, 'connect', `no connection to ${this.endpoint} within ${timeoutMs} ms: ${reason}`, last);
  }

  waitAborted(reason: unknown): RedisError {
    const error = this.notSent(
      'unavailable',
      'connect',
      'the wait for a connection was aborted by its caller.',
      reason,
    );
    error.code = 'ABORT_ERR';
    return error;
  }

  /** Behind sentinels another one after a fail-over. */
  private get endpoint(): string {
    return this.server.endpoint;
  }

  private notSent(kind: RedisError['redisErrorKind'], operation: string, what: string, cause?: unknown): RedisError {
    return new RedisError({
      kind,
      outcome: 'not-sent',
      operation,
      endpoint: this.endpoint,
      message: `${operation}: ${what}`,
      ...(cause instanceof Error ? { cause } : {}),
    });
  }
}
