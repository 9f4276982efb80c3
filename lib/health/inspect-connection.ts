import type { RedisConnectionHandle } from '../interfaces/redis-connection.interface.js';
import type { RedisHealthDetails, RedisMemoryDetails } from './health-details.interface.js';
import { exceededOf } from './health-limits.js';
import type { HealthCheckSettings } from './health-options.interface.js';
import { verdictOf } from './health-verdict.js';
import type { HealthVerdict } from './health-verdict.js';
import { probeServer } from './probe-server.js';
import type { ServerProbe } from './probe-server.js';
import type { QueueCounter } from './queue-counter.js';
import type { ServerMemory } from './server-info.js';

/** A status and what belongs to it. @internal */
export interface Inspection {
  readonly status: HealthVerdict['status'];
  readonly details: RedisHealthDetails;
}

/** Asks the server and the queues, judges, and reports. Settles within the settings' deadline. @internal */
export async function inspectConnection(
  connection: RedisConnectionHandle,
  { timeoutMs, limits, queues: asked, whenExceeded }: HealthCheckSettings,
  counter: QueueCounter,
): Promise<Inspection> {
  const [probe, queues] = await Promise.all([probeServer(connection, timeoutMs), counter.count(asked, timeoutMs)]);
  const exceeded = exceededOf({ ...probe, queues }, limits);
  const { status, ...trouble } = verdictOf({
    isEnabled: connection.isEnabled,
    answers: probe.latencyMs !== undefined,
    error: probe.error?.redisErrorKind,
    isOut: connection.state !== 'connected',
    isConfined: connection.isConfined ?? false,
    isReplica: (probe.role ?? connection.role) === 'replica',
    memory: probe.memory,
    consumers: connection.consumers,
    queues,
    exceeded,
    whenExceeded,
  });
  const found = { ...(queues.length > 0 && { queues }), ...(exceeded.length > 0 && { exceeded }) };
  return { status, details: { ...trouble, ...detailsOf(connection, probe), ...found } };
}

function detailsOf(connection: RedisConnectionHandle, probe: ServerProbe): RedisHealthDetails {
  const consumers = connection.consumers.map((consumer) => {
    const { name, required } = consumer;
    return { name, required, tier: consumer.tier() };
  });
  const common = { state: connection.state, sockets: connection.sockets, consumers };
  if (!connection.isEnabled) return common;
  const { driver, endpoint } = connection;
  return { ...common, ...(driver && { driver }), endpoint, ...measuresOf(connection, probe) };
}

function measuresOf(
  connection: RedisConnectionHandle,
  { latencyMs, memory, replication, role }: ServerProbe,
): Pick<RedisHealthDetails, 'latencyMs' | 'memory' | 'replication' | 'role'> {
  if (connection.state !== 'connected') return {};
  return {
    role: role ?? connection.role,
    ...(latencyMs !== undefined && { latencyMs: Math.round(latencyMs * 100) / 100 }),
    ...(memory !== undefined && { memory: memoryDetailsOf(memory) }),
    ...(replication !== undefined && { replication }),
  };
}

function memoryDetailsOf(memory: ServerMemory): RedisMemoryDetails {
  const { refusesWhenFull: _, ...details } = memory;
  return details;
}
