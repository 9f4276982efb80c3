import type { RedisExceededLimit, RedisQueueDetails, RedisReplicationDetails } from './health-details.interface.js';
import type { HealthLimits } from './health-options.interface.js';
import type { ServerMemory } from './server-info.js';

/** What was measured; what could not be is missing, and exceeds nothing. @internal */
export interface HealthMeasures {
  readonly latencyMs?: number;
  readonly memory?: ServerMemory;
  readonly replication?: RedisReplicationDetails;
  readonly queues: readonly RedisQueueDetails[];
}

/** The limits that are exceeded, each with what was measured. @internal */
export function exceededOf(measures: HealthMeasures, limits: HealthLimits): RedisExceededLimit[] {
  const { latencyMs, memory, replication, queues } = measures;
  const found = [
    over('maxLatencyMs', latencyMs, limits),
    reached('maxMemoryRatio', memory?.ratio, limits),
    over('maxReplicationLagBytes', replication?.lagBytes, limits),
    over('maxReplicationLagSeconds', replication?.lagSeconds, limits),
    ...queues.map(({ name, backlog }) => over('maxQueueBacklog', backlog, limits, { queue: name })),
  ];
  return found.filter((exceeded) => exceeded !== undefined);
}

/** One of them in words, for an operator. @internal */
export function exceededText({ option, value, limit, queue }: RedisExceededLimit): string {
  const than = `more than ${limit} (${option}).`;
  switch (option) {
    case 'maxLatencyMs':
      return `PING took ${value} ms, ${than}`;
    case 'maxMemoryRatio':
      return `The server uses ${Math.round(value * 100)} % of its memory limit.`;
    case 'maxReplicationLagBytes':
      return `A replica is ${value} bytes behind, ${than}`;
    case 'maxReplicationLagSeconds':
      return `The replication was silent for ${value} s, ${than}`;
    case 'maxQueueBacklog':
      return `${value} jobs wait in the queue ${queue}, ${than}`;
  }
}

type Option = RedisExceededLimit['option'];

function over(
  option: Option,
  value: number | undefined,
  limits: HealthLimits,
  about: Pick<RedisExceededLimit, 'queue'> = {},
): RedisExceededLimit | undefined {
  const limit = limits[option];
  if (limit === undefined || value === undefined || value <= limit) return undefined;
  return { option, limit, value: rounded(value), ...about };
}

function reached(option: Option, value: number | undefined, limits: HealthLimits): RedisExceededLimit | undefined {
  const limit = limits[option];
  return limit === undefined || value === undefined || value < limit ? undefined : { option, limit, value };
}

/** To what the details say of it. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
