import type { RedisErrorKind, RedisErrorOutcome } from './redis-error-kind.js';
import { OWN_AUTHORITY_HINTS, TLS_HINTS } from './tls-hints.js';

/** What to do about each kind, in one line. @internal */
export const ERROR_HINTS: Readonly<Record<RedisErrorKind, string>> = {
  disabled: 'Redis is turned off: set an address and leave `enabled` (REDIS_ENABLED) unset or true.',
  configuration: 'Check the Redis options, or the REDIS_ variables they come from.',
  'driver-not-installed': 'Install a driver: npm install ioredis, or npm install redis.',
  dns: 'The host name could not be resolved: check the host and the DNS of this machine.',
  refused: 'Nothing accepts connections there: check host and port, and that Redis runs and may be reached.',
  'connect-timeout': 'No connection within the deadline: check address and firewall, or whether the server is frozen.',
  auth: 'The server refused the login: check user and password (REDIS_USERNAME, REDIS_PASSWORD).',
  permission: 'The user may not do this: extend its ACL rules (ACL SETUSER).',
  tls: 'The TLS handshake failed: check scheme (rediss://), port, certificate authority, server name and client certificate.',
  'command-timeout': 'No answer within the deadline: the server is frozen, overloaded or out of reach.',
  'connection-lost': 'The connection ended before the answer came; it is made again by itself.',
  unavailable: 'There is no working connection now; calls are refused at once until it is back.',
  'read-only':
    'The server takes no writes now (a replica, or a master without its replicas): wait for the fail-over, or check the address.',
  loading: 'The server is still loading its data: try again shortly.',
  busy: 'A script or function blocks the server: wait, or end it with SCRIPT KILL or FUNCTION KILL.',
  'out-of-memory':
    'The server is at its maxmemory and may not evict: raise it, free keys, or choose an eviction policy.',
  misconfigured: 'The server refuses writes because it cannot save to disk: check its disk and its log.',
  'max-clients': 'The server has no connection left: raise maxclients, or look for clients that leak connections.',
  cluster: 'The answer is that of a Redis Cluster: check the topology, and that the keys of one call share a slot.',
  'wrong-type': 'The key holds another type of value: something else writes to the same key.',
  serialization: 'The value cannot be written as JSON, or what is stored is not JSON.',
  reply: 'The server or the driver refused the command: see the cause.',
  closed: 'The connection was closed by its owner and is not opened again.',
};

/** What to do about an answer of a cluster, or one that speaks of a cluster: its text tells what it is about. */
const CLUSTER_HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /CROSSSLOT|same slot/,
    'The keys of one call must share a slot: put the same hash tag, such as {chat-1}, into each of them.',
  ],
  [
    /^(?:MOVED|ASK) /,
    'The server is a node of a Redis Cluster: set cluster: true (REDIS_CLUSTER=true), so that the others are used too.',
  ],
  [
    /CLUSTERDOWN/,
    'The cluster does not serve every slot now: wait for the fail-over, or look at CLUSTER INFO and CLUSTER NODES.',
  ],
  [/TRYAGAIN/, 'The keys of one call are just being moved to another node: try again shortly.'],
  [/cluster support disabled/i, 'The server is no cluster: leave cluster (REDIS_CLUSTER) out.'],
];

/**
 * What to do about an error of this kind, of which somebody said this.
 *
 * @param hasAuthority whether the authorities to trust were configured
 * @internal
 */
export function hintOf(kind: RedisErrorKind, said: string, hasAuthority = false): string {
  const isOfCluster = kind === 'cluster' || kind === 'configuration';
  const tlsHints = hasAuthority ? OWN_AUTHORITY_HINTS : TLS_HINTS;
  const hints = kind === 'tls' ? tlsHints : isOfCluster ? CLUSTER_HINTS : [];
  const special = hints.find(([text]) => text.test(said));
  return special?.[1] ?? ERROR_HINTS[kind];
}

/** What is known of a command's fate by the kind alone; an answer of the server always means `rejected`. @internal */
export const DEFAULT_OUTCOMES: Readonly<Record<RedisErrorKind, RedisErrorOutcome>> = {
  disabled: 'not-sent',
  configuration: 'not-sent',
  'driver-not-installed': 'not-sent',
  dns: 'not-sent',
  refused: 'not-sent',
  'connect-timeout': 'not-sent',
  auth: 'rejected',
  permission: 'rejected',
  tls: 'not-sent',
  'command-timeout': 'unknown',
  'connection-lost': 'unknown',
  unavailable: 'not-sent',
  'read-only': 'rejected',
  loading: 'rejected',
  busy: 'rejected',
  'out-of-memory': 'rejected',
  misconfigured: 'rejected',
  'max-clients': 'rejected',
  cluster: 'rejected',
  'wrong-type': 'rejected',
  serialization: 'not-sent',
  reply: 'unknown',
  closed: 'not-sent',
};
