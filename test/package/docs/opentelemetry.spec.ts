import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CONTEXT_OPERATIONS } from '../../../lib/context/context.constants.js';
import { validateOtelOptions } from '../../../lib/otel/validate-otel-options.js';
import { CACHE_OPERATIONS } from '../../../lib/redis.constants.js';
import { SESSION_OPERATIONS } from '../../../lib/session/session.constants.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ReadmeApp } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

const PAGE = 'docs/OPENTELEMETRY.md';
const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";

/** What the page leaves to its reader. */
const BESIDES = {
  'index.ts': `
import 'reflect-metadata';
import { endTelemetry } from './telemetry.js';
import { NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { RedisService } from 'nestjs-redis-hub';
import { AppModule } from './app.module.js';

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
await trace.getTracer('app').startActiveSpan('request', async (span) => {
  await app.get(RedisService).cacheGet('greeting');
  span.end();
});
await endTelemetry();
await app.close();
`,
};

describe('the page on OpenTelemetry', () => {
  it('has every call that has a span, and no other', () => {
    const rows = tableOf(readPage(PAGE), 'feature').rows.map(([feature = '', calls = '']) => [
      codeSpans(feature)[0],
      codeSpans(calls.replace(/[:;,].*$/, '')),
    ]);
    expect(rows).toEqual([
      ['cache', Object.values(CACHE_OPERATIONS)],
      ['session', Object.values(SESSION_OPERATIONS)],
      ['context', Object.values(CONTEXT_OPERATIONS)],
      ['connection', ['connect']],
    ]);
  });

  it('has every option, and no other', () => {
    const named = tableOf(readPage(PAGE), 'option').rows.flatMap(([option = '']) => codeSpans(option));
    const all = Object.fromEntries(named.map((name) => [name, null]));
    const refusal = (): unknown => validateOtelOptions(all);
    expect(refusal).toThrow(
      /meterProvider must.*tracerProvider must.*driverSpans must.*connection must.*timeoutMs must/,
    );
    expect(refusal).not.toThrow(/is not an option/);
  });

  it('has an example that compiles and tells of a call, the driver and the metrics', async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    const server = await RedisTestServer.start();
    const app = ReadmeApp.create(BESIDES, PAGE);
    expect(await app.compile()).toBe('');
    const output = await app.run('index.js', { REDIS_URL: server.url });
    for (const name of ['request', 'redis.cache get', 'GET', 'redis.connection connect']) {
      expect(output).toContain(`name: '${name}'`);
    }
    expect(output).toContain("name: 'redis_cache_miss_total'");
    expect(output).toContain("name: 'redis_up'");
    await app.stop();
    await server.stop();
  });
});
