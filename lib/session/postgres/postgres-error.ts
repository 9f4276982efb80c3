import { RedisError, isRedisError } from '../../errors/redis.error.js';
import type { RedisErrorKind, RedisErrorOutcome } from '../../errors/redis-error-kind.js';
import { readText } from '../../errors/read-property.js';

interface Rule {
  readonly codes: RegExp;
  readonly kind: RedisErrorKind;
  readonly what: string;
}

/** By SQLSTATE, or by Node's code. Only what is written here is told: Postgres quotes values in its messages. */
const RULES: readonly Rule[] = [
  {
    codes: /^28000$/,
    kind: 'auth',
    what: 'refused the login. Check the user, whether it may log in from here, and whether the server wants TLS (sslmode)',
  },
  { codes: /^28/, kind: 'auth', what: 'refused the login. Check user and password of the connection string' },
  {
    codes: /^42501$/,
    kind: 'permission',
    what: 'denies this role the session table. Grant it, or make the table with postgresSessionSql() and set createTable: false',
  },
  {
    codes: /^(42P01|42703|42P10|42804|42883|3F000)$/,
    kind: 'configuration',
    what: 'has no session table of the form that is needed. Make it with postgresSessionSql(), or check schema and table',
  },
  { codes: /^3D000$/, kind: 'configuration', what: 'has no such database. Check the connection string' },
  {
    codes: /^53300$/,
    kind: 'max-clients',
    what: "takes no more connections. Raise max_connections, or lower the pool's max",
  },
  {
    codes: /^54/,
    kind: 'serialization',
    what: 'cannot store or index a text of this length. Shorten the id of the session, or what userOf gives',
  },
  { codes: /^(53100|53200)/, kind: 'out-of-memory', what: 'is out of disk or memory. Make room' },
  { codes: /^25006$/, kind: 'read-only', what: 'is read-only. Connect to the primary' },
  { codes: /^57P03$/, kind: 'loading', what: 'is starting or shutting down' },
  {
    codes: /^22(021|P05)$/,
    kind: 'serialization',
    what: 'cannot store this text. It holds a character 0, or one that UTF-8 has not',
  },
  {
    codes: /^(ECONNREFUSED|ENOENT)$/,
    kind: 'refused',
    what: 'refused the connection. Check that it runs, and host and port',
  },
  { codes: /^(ENOTFOUND|EAI_AGAIN)$/, kind: 'dns', what: 'cannot be found by name. Check the host' },
  {
    codes: /^(ERR_TLS|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/,
    kind: 'tls',
    what: 'offers a certificate that is not trusted, or none. Check sslmode and sslrootcert of the connection string, or ssl of the pool',
  },
  { codes: /^(08|57P|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/, kind: 'connection-lost', what: 'closed the connection' },
];

const LATE = /connection timeout|timeout (expired|exceeded)/i;
const ENDED = /after calling end on the pool/i;
const NO_TLS = /\bSSL\b/;
const LOST = /terminated|not queryable|Connection (ended|closed)|client was closed/i;

/**
 * What `pg` threw, as an error of ours that quotes neither value, statement nor connection string.
 *
 * @internal
 */
export function toPostgresError(error: unknown, operation: string): RedisError {
  if (isRedisError(error)) return error;
  const code = readText(error, 'code');
  const rule = RULES.find(({ codes }) => code !== undefined && codes.test(code));
  const reason = code === undefined ? '' : ` (${/^\w{1,32}$/.test(code) ? code : 'unknown'})`;
  if (rule !== undefined) return failure(rule.kind, operation, `${rule.what}${reason}`, isAnswer(code));
  return code === undefined
    ? wordlessError(readText(error, 'message') ?? '', operation)
    : failure('unavailable', operation, `failed${reason}`, isAnswer(code));
}

/** `pg` itself, and its pool, give their errors no code. */
function wordlessError(message: string, operation: string): RedisError {
  if (LATE.test(message)) {
    return failure('connect-timeout', operation, 'did not take the connection in time', 'not-sent');
  }
  if (LOST.test(message)) return failure('connection-lost', operation, 'closed the connection', 'unknown');
  if (ENDED.test(message)) return failure('closed', operation, ENDED_TEXT, 'not-sent');
  if (NO_TLS.test(message)) return failure('tls', operation, NO_TLS_TEXT, 'not-sent');
  return failure('unavailable', operation, 'failed', 'unknown');
}

const ENDED_TEXT = 'cannot be asked, for the pool that was lent was ended. End it after the application is closed';
const NO_TLS_TEXT =
  'does not offer TLS. Turn it on there, or check sslmode of the connection string, or ssl of the pool';

/** No answer in time: what was asked may have been done. @internal */
export function postgresTimeout(operation: string, timeoutMs: number): RedisError {
  return failure('command-timeout', operation, `did not answer within ${timeoutMs} ms`, 'unknown');
}

/** It is known to be out, and why. @internal */
export function postgresUnavailable(operation: string, reason?: RedisError): RedisError {
  const why = reason === undefined ? '' : ` (${reason.redisErrorKind})`;
  const what = `has not answered lately${why}, and is asked again in the background`;
  return failure('unavailable', operation, what, 'not-sent', reason);
}

/** Whether it says that the server is not to be reached, rather than that it refuses. @internal */
export function isPostgresLoss({ redisErrorKind }: RedisError): boolean {
  return LOSSES.has(redisErrorKind);
}

const LOSSES: ReadonlySet<RedisErrorKind> = new Set([
  'command-timeout',
  'connection-lost',
  'connect-timeout',
  'refused',
  'dns',
  'loading',
  'max-clients',
  'auth',
  'tls',
  'closed',
]);

function failure(
  kind: RedisErrorKind,
  operation: string,
  what: string,
  outcome: RedisErrorOutcome,
  cause?: Error,
): RedisError {
  return new RedisError({ kind, operation, outcome, cause, message: `${operation}: Postgres ${what}.` });
}

/** A SQLSTATE is the server's own word. */
function isAnswer(code: string | undefined): RedisErrorOutcome {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? 'rejected' : 'unknown';
}
