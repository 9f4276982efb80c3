import type { ContextReadEvent } from '../../../lib/context/index.js';
import type {
  CountedContextRead,
  CountedSessionFallback,
  CountedSessionReplay,
} from '../../../lib/telemetry/consumer-events.interface.js';
import { MetricSet } from '../../../lib/telemetry/metric-set.js';
import { SharedMetrics } from '../../../lib/metrics/shared-metrics.js';
import type { SessionFallbackEvent, SessionReplayEvent } from '../../../lib/session/index.js';
import { readdirSync, readFileSync } from 'node:fs';
import { channel } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { Registry } from 'prom-client';

/** What is published has what is counted: the compiler says so, or does not compile this. */
type Counted<Published extends Count, Count> = (event: Published) => Count;
const held = {
  read: ((event) => event) satisfies Counted<ContextReadEvent, CountedContextRead>,
  fallback: ((event) => event) satisfies Counted<SessionFallbackEvent, CountedSessionFallback>,
  replay: ((event) => event) satisfies Counted<SessionReplayEvent, CountedSessionReplay>,
};

const sources = readdirSync('lib', { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join('lib', file), 'utf8') }));

const listened = sources
  .filter(({ file }) => file.startsWith('telemetry'))
  .flatMap(({ text }) => [...text.matchAll(/^ {4}'(nestjs-redis-hub:[^']+)': /gm)].map(([, name = '']) => name));

describe('the channels that are counted', () => {
  it('are channels that are published', () => {
    const published = sources.flatMap(({ text }) =>
      [...text.matchAll(/\bchannel\('([^']+)'\)/g)].map(([, name]) => name),
    );
    expect(listened.length).toBeGreaterThan(8);
    expect(listened.filter((name) => !published.includes(name))).toEqual([]);
    expect(Object.keys(held)).toHaveLength(3);
  });

  it('end no process with a message that is none of ours', () => {
    const set = new MetricSet();
    const leave = set.follow(['default']);
    for (const message of [
      undefined,
      null,
      'text',
      {},
      { connection: 7 },
      { connection: 'default', durationMs: 'long' },
    ]) {
      for (const name of listened) channel(name).publish(message);
    }
    expect(set.passedOver).toBeGreaterThan(listened.length);
    expect(leave()).toBe(true);
    for (const name of listened) expect(channel(name).hasSubscribers).toBe(false);
  });

  it('are listened to no longer than somebody wants', () => {
    const registry = new Registry();
    const leave = SharedMetrics.of(registry).join(['default']);
    const count = registry.getMetricsAsArray().length;
    expect(count).toBeGreaterThan(25);
    registry.clear();
    const other = SharedMetrics.of(registry).join(['default']);
    expect(registry.getMetricsAsArray()).toHaveLength(count);
    leave();
    expect(registry.getMetricsAsArray()).toHaveLength(count);
    other();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});
