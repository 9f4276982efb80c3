import type { RedisErrorKind, RedisErrorOutcome } from './redis-error-kind.js';

/** A pattern in a message and what it means. @internal */
export interface KindRule {
  readonly text: RegExp;
  readonly kind: RedisErrorKind;
  readonly outcome?: RedisErrorOutcome;
  /** The driver's summary of something that another error in the chain says better. */
  readonly isGeneric?: boolean;
}

/** Error codes of Node and the system that mean one kind wherever they occur. @internal */
export const CODE_KINDS: Readonly<Record<string, RedisErrorKind>> = {
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETDOWN: 'refused',
  ECONNRESET: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  EPIPE: 'connection-lost',
  ENOTCONN: 'connection-lost',
  ERR_STREAM_DESTROYED: 'connection-lost',
  ERR_STREAM_PREMATURE_CLOSE: 'connection-lost',
  ERR_STREAM_WRITE_AFTER_END: 'connection-lost',
  ERR_SOCKET_CLOSED: 'connection-lost',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  INVALID_CA: 'tls',
  INVALID_PURPOSE: 'tls',
  PATH_LENGTH_EXCEEDED: 'tls',
  ERR_INVALID_URL: 'configuration',
  ERR_SOCKET_BAD_PORT: 'configuration',
};

/** Families of codes. @internal */
export const CODE_FAMILIES: readonly (readonly [RegExp, RedisErrorKind])[] = [
  [/^EAI_/, 'dns'],
  [/^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C)/, 'tls'],
];

/** First words of error replies. @internal */
export const REPLY_KINDS: Readonly<Record<string, RedisErrorKind>> = {
  WRONGPASS: 'auth',
  NOAUTH: 'auth',
  DENIED: 'auth',
  NOPERM: 'permission',
  READONLY: 'read-only',
  MASTERDOWN: 'read-only',
  NOREPLICAS: 'read-only',
  UNBLOCKED: 'read-only',
  LOADING: 'loading',
  BUSY: 'busy',
  UNKILLABLE: 'busy',
  OOM: 'out-of-memory',
  MISCONF: 'misconfigured',
  WRONGTYPE: 'wrong-type',
  MOVED: 'cluster',
  ASK: 'cluster',
  CLUSTERDOWN: 'cluster',
  CROSSSLOT: 'cluster',
  TRYAGAIN: 'cluster',
};

/** Replies whose first word says nothing. @internal */
export const REPLY_RULES: readonly KindRule[] = [
  { text: /max number of clients/i, kind: 'max-clients' },
  { text: /invalid password|^ERR (?:Client sent )?AUTH\b|Client sent AUTH|for 'auth' command/i, kind: 'auth' },
  { text: /cluster support disabled/i, kind: 'configuration' },
  { text: /DB index is out of range|invalid DB index|SELECT is not allowed/i, kind: 'configuration' },
];

/** What TLS failures say where their code is that of the socket. @internal */
export const TLS_TEXT = /SSL routines|wrong version number|before secure TLS connection|self[- ]signed certificate/i;

/** What the drivers say of their own. @internal */
export const DRIVER_RULES: readonly KindRule[] = [
  { text: /^Connection is closed\.?$/, kind: 'connection-lost', isGeneric: true },
  { text: /^Socket closed unexpectedly|^Disconnects client|SocketClosed/, kind: 'connection-lost' },
  { text: /^Command aborted due to connection close/, kind: 'connection-lost' },
  { text: /^Socket timeout/, kind: 'connection-lost' },
  { text: /^Reached the max retries per request limit/, kind: 'connection-lost', isGeneric: true },
  { text: /^Unknown RESP type|^Protocol error|^Command queue state error/, kind: 'connection-lost' },
  { text: /^Connection timeout$|^connect ETIMEDOUT/, kind: 'connect-timeout' },
  { text: /^Command timed out/, kind: 'command-timeout' },
  // Both happen only to a command that is still in node-redis' own queue.
  {
    text: /^The command was aborted$|^Command timeout during maintenance/,
    kind: 'command-timeout',
    outcome: 'not-sent',
  },
  { text: /^The client is (?:offline|closed)$|^The queue is full$/, kind: 'unavailable', outcome: 'not-sent' },
  { text: /enableOfflineQueue options is false/, kind: 'unavailable', outcome: 'not-sent' },
  {
    text: /^All sentinels are unreachable|^None of startup nodes|^Failed to refresh slots cache|root nodes are unavailable/,
    kind: 'unavailable',
    isGeneric: true,
  },
  {
    text: /^Too many Cluster redirections|^Cannot find node |should belong to the same slot|CROSSSLOT/,
    kind: 'cluster',
  },
];
