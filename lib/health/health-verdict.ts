import type { RedisErrorKind } from '../errors/redis-error-kind.js';
import type { RedisConsumer } from '../interfaces/redis-connection.interface.js';
import type { RedisExceededLimit, RedisQueueDetails } from './health-details.interface.js';
import { exceededText } from './health-limits.js';
import type { ServerMemory } from './server-info.js';

/** What a verdict is made from. @internal */
export interface HealthFacts {
  readonly isEnabled: boolean;
  /** Whether PING was answered with PONG. */
  readonly answers: boolean;
  /** Why not. */
  readonly error?: RedisErrorKind;
  readonly isReplica: boolean;
  /** Whether the connection was refused altogether, for that reason. */
  readonly isOut?: boolean;
  /** Whether the server forbids its user some of what the app asks for. */
  readonly isConfined?: boolean;
  readonly memory?: ServerMemory;
  readonly consumers: readonly Pick<RedisConsumer, 'required' | 'hasFallback' | 'lastError'>[];
  readonly queues?: readonly RedisQueueDetails[];
  readonly exceeded?: readonly RedisExceededLimit[];
  readonly whenExceeded?: 'degraded' | 'down';
}

/** A status, and what is wrong where something is. @internal */
export interface HealthVerdict {
  readonly status: 'up' | 'degraded' | 'down';
  readonly error?: RedisErrorKind;
  readonly message?: string;
}

/** A server that says one of these is there and does part of its work. */
const IMPAIRED: Partial<Record<RedisErrorKind, string>> = {
  misconfigured: 'The server refuses writes because it cannot save its data.',
  'out-of-memory': 'The server refuses writes because its memory is full.',
  'read-only': 'The server refuses writes because it is a replica.',
  permission: 'The server forbids its user some of what the app or the health check asks for.',
};

/**
 * Up: the server answers and takes writes. Degraded: it answers but refuses some, or it is out and every required
 * consumer has something else to serve from; or what a consumer stands on beside it is not well; or a limit is exceeded.
 * Down: it is out and one has not, or nobody uses it at all. Turned off on purpose is up, or degraded where a required
 * consumer cannot do without: never down, as no restart would mend it.
 *
 * @internal
 */
export function verdictOf(facts: HealthFacts): HealthVerdict {
  return withExceeded(withQueues(verdictOfConnection(facts), facts), facts);
}

function verdictOfConnection(facts: HealthFacts): HealthVerdict {
  const { error, consumers } = facts;
  const canServe = consumers.filter(({ required }) => required).every(({ hasFallback }) => hasFallback);
  if (!facts.isEnabled) return canServe ? verdictOfRest(consumers) : { status: 'degraded', message: TURNED_OFF };
  if (facts.answers) return verdictOfServer(facts);
  if (error !== undefined && error in IMPAIRED && !isLockedOut(facts)) return impaired(error);
  const status = canServe && consumers.length > 0 ? 'degraded' : 'down';
  return { status, ...(error && { error }), message: status === 'down' ? OUT : BRIDGED };
}

const TURNED_OFF = 'Redis is turned off, and a required feature has nothing else to serve from.';
const OUT = 'Redis is out.';
const BRIDGED = 'Redis is out, and every required feature serves from its fallback.';

/** A user who may not even connect is served nothing. */
function isLockedOut({ isOut, error }: HealthFacts): boolean {
  return isOut === true && error === 'permission';
}

function verdictOfServer({ isReplica, isConfined, memory, consumers }: HealthFacts): HealthVerdict {
  if (isReplica) return impaired('read-only');
  if (memory?.refusesWhenFull === true && (memory.ratio ?? 0) >= 1) return impaired('out-of-memory');
  if (isConfined === true) return impaired('permission');
  return verdictOfRest(consumers);
}

/** While Redis is out, queues that live on it cannot be counted either, and it says so itself. */
function withQueues(verdict: HealthVerdict, { answers, queues = [] }: HealthFacts): HealthVerdict {
  const silent = queues.find((queue) => queue.error !== undefined);
  if (!answers || silent?.error === undefined) return verdict;
  const error = verdict.error ?? silent.error;
  const text = `The jobs of the queue ${silent.name} could not be counted (${silent.error}).`;
  return { status: worse(verdict.status, 'degraded'), error, message: joined(verdict.message, text) };
}

function withExceeded(verdict: HealthVerdict, { exceeded = [], whenExceeded }: HealthFacts): HealthVerdict {
  if (exceeded.length === 0) return verdict;
  const message = joined(verdict.message, ...exceeded.map(exceededText));
  return { ...verdict, status: worse(verdict.status, whenExceeded ?? 'degraded'), message };
}

const BY_WEIGHT = ['up', 'degraded', 'down'] as const satisfies readonly HealthVerdict['status'][];

function worse(one: HealthVerdict['status'], other: HealthVerdict['status']): HealthVerdict['status'] {
  return BY_WEIGHT.indexOf(one) > BY_WEIGHT.indexOf(other) ? one : other;
}

function joined(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined).join(' ');
}

/** Redis is well; what a feature stands on beside it may not be. */
function verdictOfRest(consumers: HealthFacts['consumers']): HealthVerdict {
  const trouble = consumers.map((consumer) => consumer.lastError?.()).find((error) => error !== undefined);
  if (trouble === undefined) return { status: 'up' };
  return { status: 'degraded', error: trouble.redisErrorKind, message: trouble.message };
}

function impaired(error: RedisErrorKind): HealthVerdict {
  return { status: 'degraded', error, message: IMPAIRED[error] };
}
