import { classifyError } from './classify-error.js';
import type { Classification } from './classify-error.js';
import { DEFAULT_OUTCOMES, hintOf } from './error-hints.js';
import type { RedisErrorKind, RedisErrorOutcome } from './redis-error-kind.js';
import { isRedisError, RedisError } from './redis.error.js';
import { scrubError } from './scrub-error.js';
import { oneLine, scrubText } from './scrub-text.js';

/** Room for what Redis says to HELLO without a login. */
const MAX_SAID = 240;
const MAX_RAW = 16_000;

/** What the place that caught the error knows about it. @internal */
export interface RedisErrorContext {
  /** Such as `get` or `connect`. */
  readonly operation?: string;
  /** `host:port`, or the path of a unix socket. */
  readonly endpoint?: string;
  readonly elapsedMs?: number;
  /** The command's fate, where the caller knows better than the error. */
  readonly outcome?: RedisErrorOutcome;
  /** Texts that must not be shown: the password and its like. */
  readonly secrets?: readonly string[];
  /** Whether the TLS authorities to trust were configured. */
  readonly hasAuthority?: boolean;
  /** The kind of an error that says nothing known. @default 'reply' */
  readonly fallbackKind?: RedisErrorKind;
}

/**
 * A driver's error, or anything thrown on the way to one, as the error of this package. A `RedisError` passes unchanged.
 *
 * @internal
 */
export function toRedisError(error: unknown, context: RedisErrorContext = {}): RedisError {
  if (isRedisError(error)) return error;
  const secrets = context.secrets ?? [];
  const found = classifyError(error);
  const kind = found?.kind ?? context.fallbackKind ?? 'reply';
  return new RedisError({
    kind,
    message: messageOf(kind, found, context),
    outcome: context.outcome ?? found?.outcome ?? DEFAULT_OUTCOMES[kind],
    operation: clean(context.operation, secrets),
    endpoint: clean(context.endpoint, secrets),
    elapsedMs: context.elapsedMs,
    cause: scrubError(error, secrets),
  });
}

function messageOf(kind: RedisErrorKind, found: Classification | undefined, context: RedisErrorContext): string {
  const { secrets = [], elapsedMs } = context;
  const operation = clean(context.operation, secrets) ?? 'operation';
  const endpoint = clean(context.endpoint, secrets);
  const where = endpoint === undefined ? '' : ` at ${endpoint}`;
  const when = elapsedMs === undefined ? '' : ` after ${Math.round(elapsedMs)} ms`;
  const said = clean(found?.text, secrets) ?? '';
  const what = said === '' ? kind : `${kind}, "${said}"`;
  return `Redis ${operation}${where} failed${when}: ${what}. ${hintOf(kind, said, context.hasAuthority)}`;
}

function clean(text: string | undefined, secrets: readonly string[]): string | undefined {
  return text === undefined ? undefined : oneLine(scrubText(text.slice(0, MAX_RAW), secrets), MAX_SAID);
}
