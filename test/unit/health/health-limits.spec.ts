import { exceededOf, exceededText } from '../../../lib/health/health-limits.js';
import type { HealthLimits } from '../../../lib/health/health-options.interface.js';
import { validateHealthOptions } from '../../../lib/health/validate-health-options.js';

const NONE: HealthLimits = validateHealthOptions({}).limits;
const measures = {
  latencyMs: 12.3456,
  memory: { usedBytes: 95, maxBytes: 100, ratio: 0.95, refusesWhenFull: true },
  replication: { replicas: 1, lagBytes: 600, lagSeconds: 7 },
  queues: [
    { name: 'mail', backlog: 30 },
    { name: 'jobs', backlog: 10 },
    { name: 'lost', error: 'refused' as const },
  ],
};
const texts = (limits: Partial<HealthLimits>): string[] =>
  exceededOf(measures, { ...NONE, ...limits }).map(exceededText);

describe('the limits of a health check', () => {
  it.each<[Partial<HealthLimits>, string]>([
    [{ maxLatencyMs: 12 }, 'PING took 12.35 ms, more than 12 (maxLatencyMs).'],
    [{ maxMemoryRatio: 0.95 }, 'The server uses 95 % of its memory limit.'],
    [{ maxReplicationLagBytes: 599 }, 'A replica is 600 bytes behind, more than 599 (maxReplicationLagBytes).'],
    [{ maxReplicationLagSeconds: 6 }, 'The replication was silent for 7 s, more than 6 (maxReplicationLagSeconds).'],
    [{ maxQueueBacklog: 29 }, '30 jobs wait in the queue mail, more than 29 (maxQueueBacklog).'],
  ])('are named when they are exceeded: %p', (limits, text) => {
    expect(texts(limits)).toEqual([text]);
  });

  it.each<Partial<HealthLimits>>([
    {},
    { maxLatencyMs: 12.3456 },
    { maxMemoryRatio: 0.951 },
    { maxReplicationLagBytes: 600 },
    { maxReplicationLagSeconds: 7 },
    { maxQueueBacklog: 30 },
  ])('are not, when they are kept: %p', (limits) => {
    expect(texts(limits)).toEqual([]);
  });

  it('are kept by what was not measured', () => {
    const strict = { maxLatencyMs: 1, maxMemoryRatio: 0.1, maxReplicationLagBytes: 0, maxReplicationLagSeconds: 1 };
    expect(exceededOf({ queues: [] }, { ...strict, maxQueueBacklog: 0 })).toEqual([]);
  });

  it('are told each', () => {
    expect(texts({ maxLatencyMs: 1, maxReplicationLagBytes: 0, maxQueueBacklog: 0 })).toHaveLength(4);
  });
});
