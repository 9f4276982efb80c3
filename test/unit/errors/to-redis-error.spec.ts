import { describe, expect, it } from '@jest/globals';
import { ERROR_HINTS } from '../../../lib/errors/error-hints.js';
import { isReopenWorthy } from '../../../lib/errors/is-reopen-worthy.js';
import { REDIS_ERROR_KINDS } from '../../../lib/errors/redis-error-kind.js';
import type { RedisErrorKind, RedisErrorOutcome } from '../../../lib/errors/redis-error-kind.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import { toRedisError } from '../../../lib/errors/to-redis-error.js';

type Row = [text: string, kind: RedisErrorKind, outcome: RedisErrorOutcome];

const systemError = (code: string, syscall = 'connect'): Error =>
  Object.assign(new Error(`${syscall} ${code} 127.0.0.1:6379`), { code, syscall });

describe('toRedisError', () => {
  it('passes a RedisError unchanged', () => {
    const error = new RedisError({ kind: 'closed', message: 'closed' });
    expect(toRedisError(error, { operation: 'get' })).toBe(error);
  });

  it.each<Row>([
    ['ENOTFOUND', 'dns', 'not-sent'],
    ['EAI_AGAIN', 'dns', 'not-sent'],
    ['ECONNREFUSED', 'refused', 'not-sent'],
    ['EHOSTUNREACH', 'refused', 'not-sent'],
    ['ENETUNREACH', 'refused', 'not-sent'],
    ['ENOENT', 'refused', 'not-sent'],
    ['EACCES', 'refused', 'not-sent'],
    ['ETIMEDOUT', 'connect-timeout', 'not-sent'],
    ['ECONNRESET', 'connection-lost', 'unknown'],
    ['EPIPE', 'connection-lost', 'unknown'],
    ['EPROTO', 'tls', 'not-sent'],
    ['CERT_HAS_EXPIRED', 'tls', 'not-sent'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'not-sent'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'not-sent'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', 'not-sent'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'not-sent'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'not-sent'],
    ['ERR_INVALID_URL', 'configuration', 'not-sent'],
  ])('maps the code %s to %s, %s', (code, kind, outcome) => {
    expect(toRedisError(systemError(code))).toMatchObject({ redisErrorKind: kind, outcome });
  });

  it.each<Row>([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'auth', 'rejected'],
    ['NOAUTH Authentication required.', 'auth', 'rejected'],
    ['ERR invalid password', 'auth', 'rejected'],
    ['ERR Client sent AUTH, but no password is set', 'auth', 'rejected'],
    ['ERR AUTH <password> called without any password configured for the default user.', 'auth', 'rejected'],
    ["NOPERM this user has no permissions to run the 'get' command", 'permission', 'rejected'],
    ["READONLY You can't write against a read only replica.", 'read-only', 'rejected'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'read-only', 'rejected'],
    ['NOREPLICAS Not enough good replicas to write.', 'read-only', 'rejected'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed', 'read-only', 'rejected'],
    ['LOADING Redis is loading the dataset in memory', 'loading', 'rejected'],
    ['BUSY Redis is busy running a script.', 'busy', 'rejected'],
    ['UNKILLABLE Sorry the script already executed write commands', 'busy', 'rejected'],
    ['BUSYGROUP Consumer Group name already exists', 'reply', 'rejected'],
    ['BUSYKEY Target key name already exists.', 'reply', 'rejected'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out-of-memory', 'rejected'],
    ['MISCONF Redis is configured to save RDB snapshots', 'misconfigured', 'rejected'],
    ['ERR max number of clients reached', 'max-clients', 'rejected'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'wrong-type', 'rejected'],
    ['MOVED 3999 127.0.0.1:6381', 'cluster', 'rejected'],
    ['ASK 3999 127.0.0.1:6381', 'cluster', 'rejected'],
    ['CLUSTERDOWN Hash slot not served', 'cluster', 'rejected'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'cluster', 'rejected'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'cluster', 'rejected'],
    ['ERR DB index is out of range', 'configuration', 'rejected'],
    ['ERR invalid DB index', 'configuration', 'rejected'],
    ['ERR syntax error', 'reply', 'rejected'],
    ['NOSCRIPT No matching script. Please use EVAL.', 'reply', 'rejected'],
    ['EXECABORT Transaction discarded because of previous errors.', 'reply', 'rejected'],
    ['EXECABORT Transaction discarded because of: OOM command not allowed', 'out-of-memory', 'rejected'],
    [
      "ERR Error running script (call to f_ab): @user_script:1: @user_script: 1: -READONLY You can't write",
      'read-only',
      'rejected',
    ],
    ["READONLY You can't write against a read only replica. script: ab, on @user_script:1.", 'read-only', 'rejected'],
  ])('maps the reply %j to %s, %s', (text, kind, outcome) => {
    expect(toRedisError(new Error(text))).toMatchObject({ redisErrorKind: kind, outcome });
  });

  it.each<Row>([
    ['Connection is closed.', 'connection-lost', 'unknown'],
    ['Socket closed unexpectedly', 'connection-lost', 'unknown'],
    ['Disconnects client', 'connection-lost', 'unknown'],
    ['Command aborted due to connection close', 'connection-lost', 'unknown'],
    ["Socket timeout. Expecting data, but didn't receive any in 3000ms.", 'connection-lost', 'unknown'],
    ['Unknown RESP type 72 "H"', 'connection-lost', 'unknown'],
    ['connect ETIMEDOUT', 'connect-timeout', 'not-sent'],
    ['Connection timeout', 'connect-timeout', 'not-sent'],
    ['Command timed out', 'command-timeout', 'unknown'],
    ['The command was aborted', 'command-timeout', 'not-sent'],
    ['The client is offline', 'unavailable', 'not-sent'],
    ['The client is closed', 'unavailable', 'not-sent'],
    ["Stream isn't writeable and enableOfflineQueue options is false", 'unavailable', 'not-sent'],
    ['Client network socket disconnected before secure TLS connection was established', 'tls', 'not-sent'],
    ['error:0A00010B:SSL routines::wrong version number', 'tls', 'not-sent'],
  ])('maps the driver’s %j to %s, %s', (text, kind, outcome) => {
    expect(toRedisError(new Error(text))).toMatchObject({ redisErrorKind: kind, outcome });
  });

  it('takes a lost connection for what it is where the driver attached a command', () => {
    const lost = Object.assign(new Error('Command aborted due to connection close'), {
      command: { name: 'get', args: ['k'] },
    });
    expect(toRedisError(lost).redisErrorKind).toBe('connection-lost');
    const reset = Object.assign(systemError('ECONNRESET', 'read'), { command: { name: 'get', args: ['k'] } });
    expect(toRedisError(reset).redisErrorKind).toBe('connection-lost');
  });

  it('tells a made connection that timed out, and a file that is missing, from a connection that was never made', () => {
    expect(toRedisError(systemError('ETIMEDOUT', 'read')).redisErrorKind).toBe('connection-lost');
    expect(toRedisError(systemError('ENOENT', 'open')).redisErrorKind).toBe('reply');
  });

  it('finds the reason behind a summary: causes, several addresses, transactions, pipelines', () => {
    const refused = systemError('ECONNREFUSED');
    const oom = new Error("OOM command not allowed when used memory > 'maxmemory'.");
    const wrapped = [
      new Error('Connection is closed.', { cause: refused }),
      new AggregateError([refused, systemError('ENETUNREACH')]),
      Object.assign(new Error('EXECABORT Transaction discarded because of previous errors.'), {
        previousErrors: [oom],
      }),
      Object.assign(new Error('1 commands failed, see .replies and .errorIndexes'), {
        replies: ['READONLY', oom],
        errorIndexes: [1],
      }),
    ];
    const kinds = wrapped.map((error) => toRedisError(error).redisErrorKind);
    expect(kinds).toEqual(['refused', 'refused', 'out-of-memory', 'out-of-memory']);
  });

  it('does not take stored values among the replies of a transaction for errors', () => {
    const replies = [{ message: 'READONLY pretended' }, new Error('WRONGTYPE Operation')];
    const error = Object.assign(new Error('1 commands failed'), { replies, errorIndexes: [1] });
    expect(toRedisError(error).redisErrorKind).toBe('wrong-type');
  });

  it('says what happened, to what, after how long, and what to do', () => {
    const error = toRedisError(systemError('ECONNREFUSED'), {
      operation: 'connect',
      endpoint: '127.0.0.1:6379',
      elapsedMs: 12.4,
    });
    expect(error.message).toBe(
      'Redis connect at 127.0.0.1:6379 failed after 12 ms: refused, "connect ECONNREFUSED 127.0.0.1:6379". '
        + 'Nothing accepts connections there: check host and port, and that Redis runs and may be reached.',
    );
    expect(error).toMatchObject({ operation: 'connect', endpoint: '127.0.0.1:6379', elapsedMs: 12.4 });
  });

  it('shows no argument that the server echoes, and at most 240 characters of it', () => {
    const echo = toRedisError(new Error("ERR unknown command 'FOO', with args beginning with: 'my value' "));
    expect(echo.message).not.toContain('my value');
    expect(echo.cause).toMatchObject({ message: "ERR unknown command 'FOO'" });
    const long = toRedisError(new Error(`ERR ${'x'.repeat(500)}`));
    expect(long.message.match(/x+/g)?.every((run) => run.length < 240)).toBe(true);
  });

  it('quotes nothing of an error that it does not know, and takes the fallback kind', () => {
    const error = toRedisError(new Error('my value'), { fallbackKind: 'connection-lost' });
    expect(error).toMatchObject({ redisErrorKind: 'connection-lost', outcome: 'unknown' });
    expect(error.message).not.toContain('my value');
    expect(toRedisError('thrown text')).toMatchObject({ redisErrorKind: 'reply', outcome: 'unknown' });
  });

  it('lets the caller know the fate better', () => {
    expect(toRedisError(new Error('Connection is closed.'), { outcome: 'not-sent' }).outcome).toBe('not-sent');
  });

  it('survives what cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [proxy, undefined, null, 7, Object.create(null)]) {
      expect(toRedisError(thrown)).toBeInstanceOf(RedisError);
    }
  });

  it('has a hint for every kind', () => {
    expect(new Set(Object.keys(ERROR_HINTS))).toEqual(new Set(REDIS_ERROR_KINDS));
  });
});

describe('isReopenWorthy', () => {
  it.each(['READONLY x', 'MASTERDOWN x', 'NOREPLICAS x', 'UNBLOCKED x'])('holds for %j', (text) => {
    expect(isReopenWorthy(new Error(text))).toBe(true);
    expect(isReopenWorthy(toRedisError(new Error(text)))).toBe(true);
  });

  it.each(['LOADING x', 'OOM x', 'Connection is closed.'])('does not hold for %j', (text) => {
    expect(isReopenWorthy(new Error(text))).toBe(false);
  });
});
