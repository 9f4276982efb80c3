import { RedisTestServer } from '../../support/redis-server.js';
import { MetricsApp } from './metrics-app.js';
import { checkMetrics, hasPromtool } from './promtool.js';

/** Names that are fixed, and that Prometheus would have otherwise: a unit that is not the base unit, a count without its end. */
const LINTS = [
  'llm_context_cache_hit',
  'llm_context_cache_miss',
  'redis_initialization_duration_ms',
  'redis_operation_duration_ms',
];

const isHere = hasPromtool();

if (!isHere && process.env['REQUIRE_PROMTOOL'] === '1') {
  it('finds promtool for the check of the metrics', () => {
    throw new Error('There is no promtool on this machine: install the package prometheus');
  });
} else if (!isHere) {
  console.warn('SKIPPED: the metrics are not checked by promtool, for there is none. Install prometheus.');
}

const describePromtool = isHere ? describe : describe.skip;

describePromtool('promtool', () => {
  it('finds nothing wrong with a scrape but the fixed names', async () => {
    const server = await RedisTestServer.start({ config: ['maxmemory 1gb'] });
    const app = await MetricsApp.start({ url: server.url });
    await app.redis.cacheGet('k');
    await app.context.read('c');
    // the words differ between its versions
    const named = (await checkMetrics(await app.scrape())).map((line) => line.replace(/ .*/, ''));
    expect(named.toSorted()).toEqual(LINTS);
    await app.stop();
    await server.stop();
  });
});
