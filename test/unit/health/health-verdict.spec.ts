import { RedisError } from '../../../lib/errors/redis.error.js';
import { verdictOf } from '../../../lib/health/health-verdict.js';
import type { HealthFacts } from '../../../lib/health/health-verdict.js';

const bridged = { required: true, hasFallback: true };
const bare = { required: true, hasFallback: false };
const optional = { required: false, hasFallback: false };
const fault = new RedisError({ kind: 'auth', operation: 'session.postgres', message: 'Postgres refused the login.' });
const troubled = { ...bridged, lastError: () => fault };
const well: HealthFacts = { isEnabled: true, answers: true, isReplica: false, consumers: [] };
const out: HealthFacts = { ...well, answers: false, error: 'refused' };
const off: HealthFacts = { ...well, isEnabled: false, answers: false };
const memory = { usedBytes: 95, maxBytes: 100, ratio: 0.95, refusesWhenFull: true };
const slow = { option: 'maxLatencyMs', limit: 50, value: 80 } as const;
const full = { option: 'maxMemoryRatio', limit: 0.9, value: 0.95 } as const;
const silent = { name: 'jobs', error: 'permission' } as const;

describe('verdict', () => {
  it.each<[string, HealthFacts, object]>([
    ['up when the server answers', well, { status: 'up' }],
    [
      'degraded when a consumer misses what it has beside it',
      { ...well, consumers: [bridged, troubled] },
      { status: 'degraded', error: 'auth', message: 'Postgres refused the login.' },
    ],
    [
      'degraded for that also where Redis is turned off',
      { ...off, consumers: [troubled] },
      { status: 'degraded', error: 'auth' },
    ],
    ['up when it answers, whatever the consumers', { ...well, consumers: [bare] }, { status: 'up' }],
    ['down when it is out and nobody uses it', out, { status: 'down', error: 'refused' }],
    ['down when a required consumer has nothing else', { ...out, consumers: [bridged, bare] }, { status: 'down' }],
    ['degraded when all have', { ...out, consumers: [bridged, bridged] }, { status: 'degraded', error: 'refused' }],
    ['degraded when only an optional one has not', { ...out, consumers: [bridged, optional] }, { status: 'degraded' }],
    ['degraded when all are optional', { ...out, consumers: [optional] }, { status: 'degraded' }],
    [
      'down before the first connection, without a kind',
      { ...out, error: undefined },
      { status: 'down', message: 'Redis is out.' },
    ],
    [
      'degraded when it cannot save',
      { ...out, error: 'misconfigured', consumers: [bare] },
      { status: 'degraded', error: 'misconfigured' },
    ],
    ['degraded when it says so', { ...out, error: 'out-of-memory' }, { status: 'degraded', error: 'out-of-memory' }],
    ['degraded when PING is forbidden', { ...out, error: 'permission' }, { status: 'degraded', error: 'permission' }],
    [
      'down when its user may not even connect',
      { ...out, error: 'permission', isOut: true, consumers: [bare] },
      { status: 'down', error: 'permission' },
    ],
    [
      'degraded when its user may not do what the app asks for',
      { ...well, isConfined: true },
      { status: 'degraded', error: 'permission' },
    ],
    ['degraded on a replica', { ...well, isReplica: true }, { status: 'degraded', error: 'read-only' }],
    ['up below its memory limit', { ...well, memory }, { status: 'up' }],
    [
      'degraded at it, where nothing is evicted',
      { ...well, memory: { ...memory, ratio: 1 } },
      { status: 'degraded', error: 'out-of-memory' },
    ],
    [
      'up at it, where something is',
      { ...well, memory: { ...memory, ratio: 1, refusesWhenFull: false } },
      { status: 'up' },
    ],
    [
      'degraded when a limit is exceeded',
      { ...well, exceeded: [slow] },
      { status: 'degraded', message: 'PING took 80 ms, more than 50 (maxLatencyMs).' },
    ],
    ['down by that where it is wanted so', { ...well, exceeded: [slow], whenExceeded: 'down' }, { status: 'down' }],
    [
      'told of every reason',
      { ...well, isReplica: true, exceeded: [slow, full] },
      {
        status: 'degraded',
        error: 'read-only',
        message:
          'The server refuses writes because it is a replica. PING took 80 ms, more than 50 (maxLatencyMs). '
          + 'The server uses 95 % of its memory limit.',
      },
    ],
    ['no better for a limit that is exceeded', { ...out, exceeded: [slow] }, { status: 'down', error: 'refused' }],
    [
      'degraded when a queue cannot be counted',
      { ...well, queues: [{ name: 'mail', backlog: 1 }, silent] },
      {
        status: 'degraded',
        error: 'permission',
        message: 'The jobs of the queue jobs could not be counted (permission).',
      },
    ],
    [
      'not told of queues while Redis is out',
      { ...out, queues: [silent] },
      { status: 'down', message: 'Redis is out.' },
    ],
    ['up though queues are turned off with it', { ...off, queues: [silent] }, { status: 'up' }],
    ['up when turned off', { ...off, consumers: [bridged, optional] }, { status: 'up' }],
    ['degraded when turned off though one needs it', { ...off, consumers: [bare] }, { status: 'degraded' }],
  ])('%s', (_name, facts, expected) => {
    expect(verdictOf(facts)).toMatchObject(expected);
  });
});
