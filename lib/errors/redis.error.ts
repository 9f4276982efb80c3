import { readProperty } from './read-property.js';
import type { RedisErrorKind, RedisErrorOutcome } from './redis-error-kind.js';

const BRAND = Symbol.for('nestjs-redis-hub:RedisError');

/**
 * The fields of a {@link RedisError}.
 *
 * @publicApi
 */
export interface RedisErrorInit {
  /** What went wrong. */
  readonly kind: RedisErrorKind;
  /** What happened, to what, what to do: one or two sentences without a secret. */
  readonly message: string;
  /** What is known about the command's fate. @default 'not-sent' */
  readonly outcome?: RedisErrorOutcome;
  /** The operation that failed, such as `get`, `connect`, `session.set`. */
  readonly operation?: string;
  /** `host:port`, or the path of a unix socket; never a URL. */
  readonly endpoint?: string;
  /** Milliseconds from the call to this error. */
  readonly elapsedMs?: number;
  /** The scrubbed copy of what the driver or the system said. */
  readonly cause?: Error;
}

/**
 * The one error class of this package. Told apart by {@link redisErrorKind}, safe to log whole: it carries neither
 * URL, password nor value, and its cause is a scrubbed copy.
 *
 * @example
 * try {
 *   await redis.commands.get('greeting');
 * } catch (error) {
 *   if (isRedisError(error, 'unavailable')) return fallback();
 *   throw error;
 * }
 *
 * @publicApi
 */
export class RedisError extends Error {
  /** What went wrong. */
  readonly redisErrorKind: RedisErrorKind;
  /** What is known about the command's fate. */
  readonly outcome: RedisErrorOutcome;
  /** The operation that failed, such as `get` or `connect`. */
  readonly operation: string | undefined;
  /** `host:port`, or the path of a unix socket. */
  readonly endpoint: string | undefined;
  /** Milliseconds from the call to this error. */
  readonly elapsedMs: number | undefined;
  /** Set on errors lent to libraries that look for a Node error code, such as BullMQ's `ECONNREFUSED`. */
  code?: string;

  constructor(init: RedisErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'RedisError';
    this.redisErrorKind = init.kind;
    this.outcome = init.outcome ?? 'not-sent';
    this.operation = init.operation;
    this.endpoint = init.endpoint;
    this.elapsedMs = init.elapsedMs;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for errors of another installed copy of this package too, which `instanceof` by prototype is not. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && readProperty(value, BRAND) === true;
  }

  /** What a JSON logger prints: the fields, without the stack. */
  toJSON(): Record<string, unknown> {
    const { name, message, redisErrorKind, outcome, operation, endpoint, elapsedMs } = this;
    return { name, message, redisErrorKind, outcome, operation, endpoint, elapsedMs };
  }
}

/**
 * Whether a caught value is a {@link RedisError}, and of the given kind where one is named.
 *
 * @example
 * if (isRedisError(error, 'auth')) return 'Redis refuses our login';
 *
 * @publicApi
 */
export function isRedisError(value: unknown, kind?: RedisErrorKind): value is RedisError {
  return value instanceof RedisError && (kind === undefined || value.redisErrorKind === kind);
}
