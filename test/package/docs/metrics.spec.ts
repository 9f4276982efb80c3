import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Registry } from 'prom-client';
import { SharedMetrics } from '../../../lib/metrics/shared-metrics.js';
import { validateMetricsOptions } from '../../../lib/metrics/validate-metrics-options.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ReadmeApp, readmeFiles } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

const PAGE = 'docs/METRICS.md';
const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";

/** What the page leaves to its reader, and the example of the page on events. */
const BESIDES = {
  'index.ts': `
import 'reflect-metadata';
import './log-errors.js';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisModule, redisOptionsFromEnv } from 'nestjs-redis-hub';
import { MetricsModule } from './metrics.module.js';
import { PrometheusMetricsModule } from './prometheus.module.js';

@Module({
  imports: [
    RedisModule.forRoot({ ...redisOptionsFromEnv((name) => process.env[name]), boot: 'fail-fast' }),
    MetricsModule,
    PrometheusMetricsModule,
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
console.log('listening');
`,
};

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

describe('the page on metrics', () => {
  it('has every metric with its type and labels, and no other', () => {
    const registry = new Registry();
    const leave = SharedMetrics.of(registry).join(['default']);
    const exported = (registry.getMetricsAsArray() as unknown as Described[]).map(({ name, type, labelNames }) => ({
      name,
      type,
      labels: labelNames.filter((label) => label !== 'connection'),
    }));
    leave();
    const listed = tableOf(readPage(PAGE), 'metric').rows.map(([name = '', type = '', labels = '']) => ({
      name: codeSpans(name)[0],
      type,
      labels: codeSpans(labels),
    }));
    expect(listed).toEqual(exported);
  });

  it('has every option, and no other', () => {
    const named = tableOf(readPage(PAGE), 'option').rows.flatMap(([option = '']) => codeSpans(option));
    const all = Object.fromEntries(named.map((name) => [name, null]));
    const refusal = (): unknown => validateMetricsOptions(all);
    expect(refusal).toThrow(/registry must.*connection must.*timeoutMs must/);
    expect(refusal).not.toThrow(/is not an option/);
  });

  it('has examples that compile and serve', async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    const server = await RedisTestServer.start();
    const app = ReadmeApp.create({ ...readmeFiles('docs/EVENTS.md'), ...BESIDES }, PAGE);
    expect(await app.compile()).toBe('');
    await app.start('index.js', { REDIS_URL: server.url });
    for (const path of ['/metrics', '/prometheus']) {
      const response = await app.fetch(path);
      const text = await response.text();
      expect(response.headers.get('content-type')).toBe(new Registry().contentType);
      expect(text).toContain('redis_up{connection="default"} 1');
      expect(text).toContain('process_cpu_user_seconds_total');
    }
    await server.kill();
    await eventually(async () => app.log.includes('Redis connection default: '));
    const down = await (await app.fetch('/metrics')).text();
    expect(down).toContain('redis_up{connection="default"} 0');
    expect(down).toMatch(/^redis_connection_errors_total\{connection="default",kind="[\w-]+"\} [1-9]/m);
    await app.terminate();
    await app.stop();
    await server.stop();
  });
});
