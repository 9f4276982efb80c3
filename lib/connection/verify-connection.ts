import { readText } from '../errors/read-property.js';
import { RedisError } from '../errors/redis.error.js';
import { toRedisError } from '../errors/to-redis-error.js';
import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { CommandSender } from '../commands/command-sender.interface.js';
import type { DriverClient } from '../drivers/driver.interface.js';

/** What to confirm; undefined where the client is not ours to judge. @internal */
export interface Expected {
  readonly db?: number;
  readonly username?: string;
  readonly isCluster?: boolean;
}

/** @internal */
export type RedisRole = 'master' | 'replica' | 'unconfirmed';

/** It answers all that we ask, and none of what its callers will. */
const A_SENTINEL =
  'that is a sentinel, which holds no data: name it in sentinel.nodes (REDIS_SENTINELS), or use the address of the server';

/**
 * It refuses the keys of other nodes, and also where it has none beside it, it refuses calls of several keys that do not
 * share a slot: queues, DEL of many. A node that the driver knows for one has neither trouble.
 */
const A_CLUSTER_NODE = 'that is a node of a Redis Cluster: set cluster: true (REDIS_CLUSTER=true)';

/** Error replies to PING of a server that we are logged in to and that will serve some commands. */
const ALIVE: ReadonlySet<RedisErrorKind> = new Set([
  'misconfigured',
  'permission',
  'read-only',
  'busy',
  'out-of-memory',
]);

/**
 * Confirms login, database and role before anything of a user's is sent, as far as the user may ask: a question that
 * is forbidden (least-privilege ACL users) or unknown leaves its answer unconfirmed.
 *
 * @throws what PING met, or a `RedisError` of kind `configuration` or `auth` when the server says otherwise
 * @internal
 */
export async function verifyConnection(client: DriverClient, expected: Expected): Promise<RedisRole> {
  const roles = await Promise.all(client.nodes().map((send) => verifyNode(send, expected)));
  const [first = 'unconfirmed'] = roles;
  return roles.every((role) => role === first) ? first : 'unconfirmed';
}

async function verifyNode(send: CommandSender, expected: Expected): Promise<RedisRole> {
  // HELLO without a protocol changes nothing, and no ACL forbids it.
  const questions = [['PING'], ['CLIENT', 'INFO'], ['ROLE'], ['HELLO']] as const;
  const [ping, info, role, hello] = await Promise.allSettled(questions.map((question) => send(question)));
  assertAnswers(ping);
  assertExpected(fieldsOf(info), expected);
  if (expected.isCluster === false && modeOf(hello) === 'cluster') throw mismatch('configuration', A_CLUSTER_NODE);
  return roleOf(role);
}

type Settled = PromiseSettledResult<unknown> | undefined;

function assertAnswers(ping: Settled): void {
  if (ping?.status === 'rejected') {
    if (!ALIVE.has(toRedisError(ping.reason, { operation: 'connect' }).redisErrorKind)) throw ping.reason;
    return;
  }
  if (!isPong(ping?.value)) throw new Error('The server did not answer PING with PONG; is it Redis?');
}

/** A subscriber that speaks RESP2 is answered with a list. Source: the PING command's documentation. */
function isPong(reply: unknown): boolean {
  const text: unknown = Array.isArray(reply) ? reply[0] : reply;
  return typeof text === 'string' && text.toUpperCase() === 'PONG';
}

function assertExpected(fields: ReadonlyMap<string, string>, expected: Expected): void {
  const db = fields.get('db');
  if (expected.db !== undefined && db !== undefined && db !== String(expected.db)) {
    throw mismatch('configuration', `asked for database ${expected.db}, and the server put us in ${db}`);
  }
  const user = fields.get('user');
  if (expected.username !== undefined && user !== undefined && user !== expected.username) {
    throw mismatch('auth', 'the server logged us in as another user than the one configured');
  }
}

function mismatch(kind: RedisErrorKind, what: string): RedisError {
  return new RedisError({ kind, operation: 'connect', message: `Not connected: ${what}.`, outcome: 'rejected' });
}

/** CLIENT INFO: one line of `field=value`. Source: the CLIENT LIST command's documentation. */
function fieldsOf(info: Settled): ReadonlyMap<string, string> {
  if (info?.status !== 'fulfilled') return new Map();
  const pairs = String(info.value).trim().split(' ');
  return new Map(pairs.map((pair): [string, string] => splitAt(pair, pair.indexOf('='))));
}

function splitAt(pair: string, at: number): [string, string] {
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function roleOf(role: Settled): RedisRole {
  if (role?.status !== 'fulfilled' || !Array.isArray(role.value)) return 'unconfirmed';
  if (role.value[0] === 'sentinel') throw mismatch('configuration', A_SENTINEL);
  if (role.value[0] === 'master') return 'master';
  return role.value[0] === 'slave' ? 'replica' : 'unconfirmed';
}

/** HELLO: fields and their values, in a row or as a map. Source: the HELLO command's documentation. */
function modeOf(hello: Settled): string | undefined {
  if (hello?.status !== 'fulfilled') return undefined;
  const reply: unknown = hello.value instanceof Map ? Object.fromEntries(hello.value) : hello.value;
  return Array.isArray(reply) ? readText(reply, reply.indexOf('mode') + 1) : readText(reply, 'mode');
}
