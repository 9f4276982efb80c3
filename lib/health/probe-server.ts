import { isRedisError, RedisError } from '../errors/redis.error.js';
import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import { withDeadline } from '../utils/deadline.js';
import type { RedisReplicationDetails } from './health-details.interface.js';
import { fullestOf, lowestRoleOf, replicationOf } from './server-info.js';
import type { ServerMemory } from './server-info.js';

/** What the server said, as far as it said anything in time. @internal */
export interface ServerProbe {
  /** Round trip of PING; undefined where it was not answered with PONG. */
  readonly latencyMs?: number;
  /** Why there was no PONG. */
  readonly error?: RedisError;
  readonly memory?: ServerMemory;
  readonly replication?: RedisReplicationDetails;
  readonly role?: 'master' | 'replica';
}

/**
 * Asks the server over the connection that is there, and opens none. Settles within the deadline and never rejects;
 * what the server does not tell, or not to this user, is left out.
 *
 * @internal
 */
export async function probeServer(connection: RedisConnectionHandle, timeoutMs: number): Promise<ServerProbe> {
  const loss = lossOf(connection);
  if (loss !== undefined) return { error: loss };
  const { commands } = connection;
  const late = (): RedisError => createLateError(connection.endpoint, timeoutMs);
  const ask = <T>(question: Promise<T>): Promise<T | RedisError> =>
    withDeadline(question, timeoutMs, late).catch((error: unknown) => (isRedisError(error) ? error : late()));
  const [ping, memory, replication] = await Promise.all([
    ask(commands.ping()),
    ask(commands.infoOfEach('memory')),
    ask(commands.infoOfEach('replication')),
  ]);
  const answer = lossOf(connection) ?? ping;
  return {
    ...(typeof answer === 'number' ? { latencyMs: answer } : { error: answer }),
    ...(Array.isArray(memory) && { memory: fullestOf(memory) }),
    ...(Array.isArray(replication) && { role: lowestRoleOf(replication), replication: replicationOf(replication) }),
  };
}

/** A PING that was under way, or answered, when the connection was lost knows less than the connection does. */
function lossOf(connection: RedisConnectionHandle): RedisError | undefined {
  if (connection.state === 'connected') return undefined;
  return connection.lastError ?? createNotUpError(connection);
}

/** Nothing failed yet: a first connection is being made, or nobody has asked for one. */
function createNotUpError({ endpoint, state }: RedisConnectionHandle): RedisError {
  const message = `health.check: not connected to ${endpoint} (${state}).`;
  return new RedisError({ kind: 'unavailable', operation: 'health.check', endpoint, message });
}

function createLateError(endpoint: string, elapsedMs: number): RedisError {
  return new RedisError({
    kind: 'command-timeout',
    outcome: 'unknown',
    operation: 'health.check',
    endpoint,
    elapsedMs,
    message: `health.check: no answer from ${endpoint} within ${elapsedMs} ms.`,
  });
}
